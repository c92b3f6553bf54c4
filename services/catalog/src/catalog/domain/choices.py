"""Which variants a product may have: each says what is chosen, and no two say the same (CP-2)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from contracts.values import Sku

from catalog.domain.errors import Fault
from catalog.domain.products import Option, VariantTerms


@dataclass(frozen=True, slots=True)
class Choice:
    """A variant that is to be judged; ``at`` is the JSON pointer to it in the request."""

    at: str
    sku: Sku
    terms: VariantTerms


def choice_faults(
    code: Sku, options: Sequence[Option], choices: Sequence[Choice]
) -> Iterator[Fault]:
    """Give what is wrong with a product's options and variants, in the order of the request."""
    yield from _option_faults(options)
    if not options:
        for choice in choices:
            if choice.sku != code:
                yield Fault(f"{choice.at}/sku", "OPTIONS_MISSING", _WITHOUT_OPTIONS)
        return
    if not choices:
        detail = "a product with options has at least one variant"
        yield Fault("/variants", "VARIANTS_MISSING", detail)
    skus, chosen = set[str](), set[tuple[tuple[str, str], ...]]()
    known = {option.name: option.values for option in options}
    for choice in choices:
        if choice.sku in skus:
            detail = f"{choice.sku} stands in an earlier variant already"
            yield Fault(f"{choice.at}/sku", "DUPLICATE_VARIANT", detail)
        skus.add(choice.sku)
        yield from _value_faults(choice, known)
        key = tuple(sorted(choice.terms.options.items()))
        if key in chosen:
            detail = "an earlier variant has the same values"
            yield Fault(f"{choice.at}/options", "DUPLICATE_VARIANT", detail)
        chosen.add(key)


_WITHOUT_OPTIONS = "a product without options has one variant, and its SKU is the product's code"


def _option_faults(options: Sequence[Option]) -> Iterator[Fault]:
    names = set[str]()
    for place, option in enumerate(options):
        if option.name in names:
            detail = f"{option.name} stands in an earlier option already"
            yield Fault(f"/options/{place}/name", "DUPLICATE_OPTION", detail)
        names.add(option.name)
        if len(set(option.values)) != len(option.values):
            detail = "each value may stand there once"
            yield Fault(f"/options/{place}/values", "DUPLICATE_OPTION", detail)


def _value_faults(choice: Choice, known: Mapping[str, Sequence[str]]) -> Iterator[Fault]:
    values = choice.terms.options
    for name in known.keys() - values.keys():
        yield Fault(f"{choice.at}/options", "OPTIONS_MISSING", f"no value is chosen for {name}")
    for name, value in values.items():
        if name not in known:
            yield Fault(f"{choice.at}/options", "UNKNOWN_OPTION", f"there is no option {name}")
        elif value not in known[name]:
            detail = f"{value} is not one of the values of {name}"
            yield Fault(f"{choice.at}/options", "UNKNOWN_OPTION", detail)
