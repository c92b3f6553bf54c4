"""What a request does not say of a product stays as it is."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace

from contracts.values import Sku

from catalog.domain.products import Option, Product, ProductTerms, Variant, VariantTerms
from catalog.handlers.put_product import OfferedVariant, PutProduct

_OF_PRODUCT = tuple(field.name for field in fields(ProductTerms))
_OF_VARIANT = ("barcodes", "weight_grams", "tracked", "future_stock")
_NOTHING = frozenset[str]()


def says(said: frozenset[str] | None, name: str) -> bool:
    """Tell whether a request says something of this field; none says something of all."""
    return said is None or name in said


def completed(command: PutProduct, product: Product) -> PutProduct:
    """Give the request with what it leaves unsaid taken from the product as it is."""
    if command.said is None or product.version == 0:
        return command
    unsaid = {
        name: getattr(product.terms, name) for name in _OF_PRODUCT if not says(command.said, name)
    }
    options = _ordered(command.terms.options, product)
    terms = replace(command.terms, **({"options": options} | unsaid))
    if terms.options and not says(command.said, "variants"):
        kept = [_as_it_is(variant) for variant in product.variants.values() if variant.active]
        return replace(command, terms=terms, variants=kept)
    variants = [_with_unsaid(offered, product.variants) for offered in command.variants]
    return replace(command, terms=terms, variants=variants)


def in_the_order_of(product: Product, command: PutProduct) -> PutProduct:
    """Give the request with its variants in the places that they have by now."""
    known = product.variants
    variants = [
        replace(one, terms=replace(one.terms, position=known[one.sku].terms.position))
        if one.sku in known
        else one
        for one in command.variants
    ]
    return replace(command, variants=variants)


def _ordered(asked: Sequence[Option], product: Product) -> tuple[Option, ...]:
    """Give the options with their values in the order that they have by now.

    Rows of a file name the values that their variants have, in the order in which the rows stand:
    a value that no variant has is not missed, and stays.
    """
    known = {option.name: option.values for option in product.terms.options}
    sold = [variant.terms.options for variant in product.variants.values() if variant.active]
    found = list[Option]()
    for option in asked:
        used = {chosen.get(option.name) for chosen in sold}
        old = (one for one in known.get(option.name, ()) if one in option.values or one not in used)
        found.append(Option(option.name, tuple(dict.fromkeys((*old, *option.values)))))
    return tuple(found)


def _as_it_is(variant: Variant) -> OfferedVariant:
    return OfferedVariant(variant.sku, variant.terms, {}, "/variants", _NOTHING)


def _with_unsaid(offered: OfferedVariant, known: Mapping[Sku, Variant]) -> OfferedVariant:
    variant = known.get(offered.sku)
    if variant is None:
        return offered
    unsaid = {
        name: getattr(variant.terms, name) for name in _OF_VARIANT if not says(offered.said, name)
    }
    terms: VariantTerms = replace(offered.terms, **unsaid)
    return replace(offered, terms=terms)
