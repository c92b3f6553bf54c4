"""Products in the column layout of Shopify's product CSV."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from tradecounter.csv_files.faults import BadFile, RowError
from tradecounter.csv_files.importing import checked
from tradecounter.csv_files.items import After, Item, Place
from tradecounter.csv_files.layouts import shopify
from tradecounter.csv_files.layouts.shopify import ShopifyLayout

from tests.tradecounter.csv_files.files import bodies, errors, read, read_text, written
from tests.tradecounter.csv_files.test_products import MUG, TEE

LAYOUT = ShopifyLayout("uk", "GBP", "central")
NEWER = Path(__file__).parents[2] / "data/shopify-template.csv"
"""The same products under the names that columns have in Shopify's newer template."""
FOREIGN = Path(__file__).parents[2] / "data/shopify-products.csv"
"""A file as Shopify exports it, of products of our own making."""


def test_a_file_of_shopifys_is_read() -> None:
    found = read(FOREIGN, LAYOUT)
    tee, mug, draft = bodies(found)
    product: Any = tee["product"]
    assert (product["code"], product["name"]) == ("summer-tee", "Summer tee")
    assert product["description"] == "<p>Soft, <b>light</b>.</p>\n<p>Two colours.</p>"
    assert product["options"] == [
        {"name": "Colour", "values": ["Blue", "White"]},
        {"name": "Size", "values": ["M", "L"]},
    ]
    assert product["categories"] == ["t-shirts", "summer", "organic-cotton"]
    assert [one["sku"] for one in product["variants"]] == ["ST-B-M", "ST-B-L", "ST-W-M"]
    assert product["variants"][0]["barcodes"] == ["5012345678900"]
    assert product["variants"][1] == {
        "sku": "ST-B-L",
        "options": {"Colour": "Blue", "Size": "L"},
        "tracked": True,
        "barcodes": ["5012345678917"],
        "weight_grams": 191,
        "prices": {"uk": {"minor": 1900, "currency": "GBP"}},
    }
    single: Any = mug["product"]
    assert (single["code"], single["options"]) == ("MUG-77", [])
    assert (single["tax_category"], single["variants"][0]["tracked"]) == ("exempt", False)
    hidden: Any = draft["product"]
    assert (hidden["code"], hidden["active"]) == ("coming-soon", False)


def test_the_newer_names_of_columns_mean_the_same() -> None:
    assert bodies(read(NEWER, LAYOUT)) == bodies(read(FOREIGN, LAYOUT))
    quantities = [[one.body for one in found] for found in _after(NEWER)]
    assert quantities == [[one.body for one in found] for found in _after(FOREIGN)]


def _after(path: Path) -> list[Sequence[After]]:
    return [one.after for one in read(path, LAYOUT) if isinstance(one, Item)]


def test_quantities_go_to_the_location_once_the_product_is_taken() -> None:
    tee, mug, _ = (one for one in read(FOREIGN, LAYOUT) if isinstance(one, Item))
    assert tee.after[0].body == {
        "location": "central",
        "sku": "ST-B-M",
        "on_hand": 40,
        "reason": "import",
    }
    assert tee.after[2].cell == Place("Variant Inventory Qty", 2)
    assert mug.after == []
    elsewhere = read(FOREIGN, ShopifyLayout())
    assert all(one.after == [] for one in elsewhere if isinstance(one, Item))


def test_what_is_written_is_read(tmp_path: Path) -> None:
    on_hand = {"TEE-M": 7, "MUG": 0}
    rows = [values for one in (TEE, MUG) for values in shopify.written(one, "uk", on_hand.get)]
    found = read(written(tmp_path, shopify.WRITTEN, rows), LAYOUT)
    tee, mug = bodies(found)
    product: Any = tee["product"]
    kept = ("code", "name", "description", "options", "tax_category", "categories", "active")
    assert {name: product[name] for name in kept} == {name: TEE[name] for name in kept}
    variant = ("sku", "options", "weight_grams", "tracked")
    for sent, one in zip(product["variants"], TEE["variants"][:2], strict=True):
        assert {name: sent[name] for name in variant} == {name: one[name] for name in variant}
    assert product["variants"][0]["barcodes"] == TEE["variants"][0]["barcodes"]
    assert product["variants"][0]["prices"] == {"uk": TEE["variants"][0]["prices"]["uk"]}
    single: Any = mug["product"]
    assert {name: single[name] for name in kept} == {name: MUG[name] for name in kept}
    stock = [one.body["on_hand"] for item in found if isinstance(item, Item) for one in item.after]
    assert stock == [7, 0]


def test_errors_name_line_and_column(tmp_path: Path) -> None:
    columns = "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price,Variant Grams"
    rows = [
        "a,A,Size,S,A-S,free,1",
        "a,,,M,,2,1",
        "b,B,,,,1.005,x",
        "c,C,Title,Default Title,C,1,1",
        "c,,,,C2,1,1",
        "a,A,,,,1,1",
    ]
    found = read_text(tmp_path, "\n".join([columns, *rows]), LAYOUT)
    assert errors(found) == [
        (2, "Variant Price", "NOT_AN_AMOUNT"),
        (3, "Variant SKU", "FIELD_REQUIRED"),
        (4, "Variant Grams", "NOT_A_NUMBER"),
        (4, "Variant Price", "TOO_MANY_DECIMALS"),
        (6, "Option1 Name", "OPTIONS_MISSING"),
        (7, "Handle", "NOT_TOGETHER"),
    ]


def test_a_column_of_no_shopify_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="unknown column Varient SKU, is it Variant SKU"):
        read_text(tmp_path, "Handle,Title,Varient SKU\n", LAYOUT)
    beside = (
        *("Image Src", "SEO Title", "Price / Germany", "Size (product.metafields.x.y)"),
        *("Care (variant.metafields.x.y)", "Standard Product Type", "Custom Product Type"),
    )
    assert read_text(tmp_path, f"Handle,Title,{','.join(beside)}\na,A{',' * len(beside)}\n", LAYOUT)


@pytest.mark.parametrize(
    ("pointer", "place"),
    [
        ("/name", Place("Title")),
        ("/variants/2/barcodes/0", Place("Variant Barcode", 2)),
        ("/variants/0/prices/uk", Place("Variant Price")),
        ("/categories/0", Place("Tags")),
        ("/options/1/values/0", Place("Option2 Name")),
    ],
)
def test_a_pointer_leads_to_its_cell(pointer: str, place: Place) -> None:
    item = read(FOREIGN, LAYOUT)[0]
    assert isinstance(item, Item)
    assert LAYOUT.place(item, pointer) == place


def test_only_prices_of_the_named_site_are_changed() -> None:
    header = checked(FOREIGN, LAYOUT.columns).header
    assert LAYOUT.members(header) == {"sites": ["uk"]}
    assert ShopifyLayout().members(header) == {"sites": []}


def test_two_products_with_one_sku_do_not_undo_each_other(tmp_path: Path) -> None:
    """OB-1: a bad row is named; without options the SKU is the code, whatever the handle."""
    header = "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price"
    single = "Title,Default Title"
    text = f"{header}\na,A,{single},SAME,1\nb,B,{single},SAME,2\nc,C,Size,S,SAME,3\n"
    first, *others = read_text(tmp_path, text, LAYOUT)
    assert isinstance(first, Item)
    assert errors(others) == [
        (3, "Variant SKU", "DUPLICATE_SKU"),
        (4, "Variant SKU", "DUPLICATE_SKU"),
    ]
    assert [one.reason for one in others if isinstance(one, RowError)] == [
        "the product at line 2 has this SKU"
    ] * 2


def test_a_tag_in_any_script_is_a_category_of_its_own(tmp_path: Path) -> None:
    """OB-1: no tag is left out without a word."""
    (body,) = bodies(
        read_text(tmp_path, 'Handle,Title,Tags\na,A,"Größe, Été, 靴 S, 服 S, 日本, !"\n', LAYOUT)
    )
    product: Any = body["product"]
    grosse, ete, *others = product["categories"]
    assert (grosse, ete) == ("grosse", "ete")
    assert len(set(others)) == 3
    assert all(re.fullmatch("[a-z0-9][a-z0-9-]{0,63}", code) for code in others)
