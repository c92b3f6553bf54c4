"""Products as requests write them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated

from chassis.http import Body
from contracts.values import Sku
from pydantic import Field

from catalog.api.fields import (
    Barcode,
    Code,
    Flag,
    LongText,
    Name,
    Price,
    ShortText,
    SkuText,
    Weight,
)
from catalog.domain.errors import Fault, Unfit
from catalog.domain.products import (
    Customisation,
    Option,
    ProductTerms,
    VariantTerms,
    Visibility,
)
from catalog.handlers.put_product import OfferedVariant, PutProduct
from catalog.handlers.scoped import Within

Prices = Annotated[
    Mapping[Code, Price], Field(max_length=1000, description="Unit price by site code.")
]
Barcodes = Annotated[list[Barcode], Field(max_length=20)]
Choices = Annotated[
    Mapping[ShortText, Name], Field(max_length=5, description="Value by name of the option.")
]


class OptionBody(Body):
    """Something to be chosen before the product is bought."""

    name: ShortText
    values: Annotated[list[Name], Field(min_length=1, max_length=100)]


class CustomisationBody(Body):
    """The text that a customer may have put on the product."""

    label: Annotated[Name, Field(description="What is asked for, such as 'Engraving'.")]
    max_length: Annotated[int, Field(strict=True, ge=1, le=10_000, description="Characters.")]
    required: Flag = False


class VisibilityBody(Body):
    """Who sees the product on a site; no levels: every customer."""

    visible: Flag = True
    levels: Annotated[list[Code], Field(max_length=100)] | None = None


class VariantBody(Body):
    """One choice of the options: what is sold and stocked."""

    sku: SkuText
    options: Choices = Field(default_factory=dict)
    barcodes: Barcodes = Field(default_factory=list)
    weight_grams: Weight | None = None
    tracked: Annotated[Flag, Field(description="False: it is always available.")] = True
    future_stock: Flag = True
    prices: Prices = Field(default_factory=dict)


class ProductBody(Body):
    """A product; of the caller's sites, exactly those with a price sell it.

    With options it has ``variants``; without, what a variant has stands beside its name.
    """

    name: Name
    description: LongText = ""
    options: Annotated[list[OptionBody], Field(max_length=5)] = Field(default_factory=list)
    customisation: CustomisationBody | None = None
    tax_category: Code = "standard"
    categories: Annotated[list[Code], Field(max_length=100)] = Field(default_factory=list)
    active: Flag = True
    visibility: Annotated[Mapping[Code, VisibilityBody], Field(max_length=1000)] = Field(
        default_factory=dict, description="By site code; where none is given, everyone sees it."
    )
    variants: Annotated[list[VariantBody], Field(max_length=250)] = Field(default_factory=list)
    prices: Prices = Field(default_factory=dict)
    barcodes: Barcodes = Field(default_factory=list)
    weight_grams: Weight | None = None
    tracked: Flag = True
    future_stock: Flag = True


def put_product_of(
    body: ProductBody, code: Sku, within: Within, version: int | None = None
) -> PutProduct:
    """Give the command that a body means.

    Raises:
        Unfit: A product with options, or with variants, has also what belongs to a variant.
    """
    if (body.options or body.variants) and (stray := body.model_fields_set & _OF_A_VARIANT):
        why = "it belongs to each of the variants"
        raise Unfit([Fault(f"/{name}", "BELONGS_TO_VARIANT", why) for name in sorted(stray)])
    visibility = {
        site: Visibility(seen.visible, None if seen.levels is None else frozenset(seen.levels))
        for site, seen in body.visibility.items()
    }
    return PutProduct(code, _terms(body), _variants(body, code), within, visibility, version)


def partly_said(command: PutProduct, body: ProductBody) -> PutProduct:
    """Give the command so that only what the body says counts, of a product that is there."""
    said = [frozenset(variant.model_fields_set) for variant in body.variants]
    if not (body.options or body.variants):
        said = [frozenset(body.model_fields_set & _OF_A_VARIANT)]
    variants = [
        replace(offered, said=of_variant)
        for offered, of_variant in zip(command.variants, said, strict=True)
    ]
    return replace(command, variants=variants, said=frozenset(body.model_fields_set))


_OF_A_VARIANT = {"prices", "barcodes", "weight_grams", "tracked", "future_stock"}


def _terms(body: ProductBody) -> ProductTerms:
    text = body.customisation
    return ProductTerms(
        name=body.name,
        description=body.description,
        options=tuple(Option(option.name, tuple(option.values)) for option in body.options),
        customisation=text and Customisation(text.label, text.max_length, text.required),
        tax_category=body.tax_category,
        categories=frozenset(body.categories),
        active=body.active,
    )


def _variants(body: ProductBody, code: Sku) -> list[OfferedVariant]:
    if body.options or body.variants:
        return [
            OfferedVariant(
                variant.sku,
                _variant_terms(variant, place),
                variant.prices,
                f"/variants/{place}",
            )
            for place, variant in enumerate(body.variants)
        ]
    return [OfferedVariant(code, _variant_terms(body, 0), body.prices)]


def _variant_terms(body: VariantBody | ProductBody, position: int) -> VariantTerms:
    return VariantTerms(
        options=dict(body.options) if isinstance(body, VariantBody) else {},
        barcodes=tuple(dict.fromkeys(body.barcodes)),
        weight_grams=body.weight_grams,
        tracked=body.tracked,
        future_stock=body.future_stock,
        position=position,
    )
