"""Products in the plain layout: what is read is what was written, errors name line and column."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from tradecounter.csv_files.faults import BadFile
from tradecounter.csv_files.importing import checked
from tradecounter.csv_files.items import Item, Place
from tradecounter.csv_files.layouts import products
from tradecounter.csv_files.layouts.products import ProductLayout

from tests.tradecounter.csv_files.files import bodies, errors, read, read_text, written

LAYOUT = ProductLayout({"uk": "GBP", "de": "EUR"})
GBP = {"minor": 1250, "currency": "GBP"}
TEE: dict[str, Any] = {
    "code": "TEE",
    "name": "=Tee, 'best' \"one\"",
    "description": "Soft.\n\nAnd blue. ",
    "options": [
        {"name": "Size", "values": ["M", "L"]},
        {"name": "Colour", "values": ["Blue"]},
    ],
    "customisation": {"label": "Print", "max_length": 20, "required": True},
    "tax_category": "reduced",
    "categories": ["clothes", "summer"],
    "active": True,
    "visibility": {"de": {"visible": False, "levels": ["gold", "silver"]}},
    "variants": [
        {
            "sku": "TEE-M",
            "options": {"Size": "M", "Colour": "Blue"},
            "barcodes": ["5012345678900", "123"],
            "weight_grams": 180,
            "tracked": True,
            "future_stock": False,
            "active": True,
            "prices": {"uk": GBP, "de": {"minor": 1499, "currency": "EUR"}},
        },
        {
            "sku": "TEE-L",
            "options": {"Size": "L", "Colour": "Blue"},
            "barcodes": [],
            "weight_grams": None,
            "tracked": False,
            "future_stock": True,
            "active": True,
            "prices": {},
        },
        {"sku": "TEE-XS", "active": False},
    ],
}
MUG: dict[str, Any] = {
    "code": "MUG",
    "name": "Mug",
    "description": "",
    "options": [],
    "customisation": None,
    "tax_category": "standard",
    "categories": [],
    "active": False,
    "visibility": {},
    "variants": [
        {
            "sku": "MUG",
            "options": {},
            "barcodes": [],
            "weight_grams": 300,
            "tracked": True,
            "future_stock": True,
            "active": True,
            "prices": {"uk": GBP},
        }
    ],
}


def _sent(product: dict[str, Any]) -> dict[str, Any]:
    """Give a product as it is sent: without variants that were taken out of it."""
    kept = [dict(one) for one in product["variants"] if one.pop("active", True)]
    everywhere = {site: {"visible": True, "levels": None} for site in ("uk", "de")}
    return {
        "product": {**product, "variants": kept, "visibility": everywhere | product["visibility"]}
    }


def test_what_is_written_is_read(tmp_path: Path) -> None:
    rows = [values for one in (TEE, MUG) for values in products.written(one, ["uk", "de"])]
    path = written(tmp_path, products.written_columns(["uk", "de"]), rows)
    assert "'=Tee" in path.read_text()
    tee, mug = ({**one, "variants": [dict(v) for v in one["variants"]]} for one in (TEE, MUG))
    assert bodies(read(path, LAYOUT)) == [_sent(tee), _sent(mug)]


def test_a_column_that_is_not_there_says_nothing(tmp_path: Path) -> None:
    """A file that speaks of products only leaves their options and variants alone."""
    found = read_text(tmp_path, "code,name,active\nMUG,Mug,\nTEE,Tee,no\n", LAYOUT)
    assert bodies(found) == [
        {"product": {"code": "MUG", "name": "Mug"}},
        {"product": {"code": "TEE", "name": "Tee", "active": False}},
    ]
    (priced,) = bodies(read_text(tmp_path, "code,name,price:uk\nMUG,Mug,12.50\n", LAYOUT))
    assert priced["product"]["variants"] == [{"sku": "MUG", "options": {}, "prices": {"uk": GBP}}]
    assert "options" not in priced["product"]


def test_an_empty_cell_empties(tmp_path: Path) -> None:
    text = "code,name,description,categories,barcodes,weight_grams,customisation_label\nM,M,,,,,\n"
    (sent,) = bodies(read_text(tmp_path, text, LAYOUT))
    product: Any = sent["product"]
    assert (product["description"], product["categories"]) == ("", [])
    assert product["customisation"] is None
    assert (product["variants"][0]["barcodes"], product["variants"][0]["weight_grams"]) == (
        [],
        None,
    )


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("M,,,,,,", [(2, "name", "FIELD_REQUIRED")]),
        ("M,Mug,,,heavy,,", [(2, "weight_grams", "NOT_A_WHOLE_NUMBER")]),
        ("M,Mug,,,,,maybe", [(2, "tracked", "NOT_YES_OR_NO")]),
        ("M,Mug,,,,12.505,", [(2, "price:uk", "TOO_MANY_DECIMALS")]),
        ("M,Mug,,,,,\nM,,,,,,", [(3, "option1_name", "OPTIONS_MISSING")]),
        ("M,Mug,Size,L,,,\nM,,,S,,,", [(2, "sku", "FIELD_REQUIRED"), (3, "sku", "FIELD_REQUIRED")]),
        ("M,Mug,Size,,1,,\nM,Mig,,S,1,,", [(3, "name", "DIFFERS")]),
        (",Mug,,,,,", [(2, "code", "FIELD_REQUIRED")]),
        ("M,Mug,,,,,\nN,Nug", [(3, "", "RAGGED_ROW")]),
    ],
)
def test_what_is_wrong_is_named(
    tmp_path: Path, rows: str, expected: Sequence[tuple[int, str, str]]
) -> None:
    columns = "code,name,option1_name,option1_value,weight_grams,price:uk,tracked"
    assert errors(read_text(tmp_path, f"{columns}\n{rows}\n", LAYOUT)) == expected


def test_an_unknown_site_in_a_column_is_named(tmp_path: Path) -> None:
    found = read_text(tmp_path, "code,name,price:fr\nM,Mug,12\n", LAYOUT)
    assert errors(found) == [(2, "price:fr", "UNKNOWN_SITE")]


def test_a_product_with_options_beside_a_ragged_row_is_left_alone(tmp_path: Path) -> None:
    """Without its lost row it would lose a variant; one without options cannot."""
    text = "code,name,option1_name,option1_value,sku\nT,Tee,Size,M,T-M\nT,,,L\nM,Mug,,,\n"
    found = read_text(tmp_path, text, LAYOUT)
    assert errors(found) == [(3, "", "RAGGED_ROW"), (2, "", "ROW_UNREADABLE")]
    (mug,) = (one for one in found if isinstance(one, Item))
    assert mug.keys == {"M"}


@pytest.mark.parametrize(
    ("pointer", "place"),
    [
        ("/name", Place("name")),
        ("/customisation", Place("customisation_label")),
        ("/customisation/max_length", Place("customisation_max_length")),
        ("/options/1/name", Place("option2_name")),
        ("/variants/1/sku", Place("sku", 1)),
        ("/variants/1/options", Place("option1_value", 1)),
        ("/variants/0/prices/uk/currency", Place("price:uk")),
        ("/variants/0/barcodes/0", Place("")),
        ("", Place("")),
        ("/something", Place("")),
    ],
)
def test_a_pointer_leads_to_its_cell(tmp_path: Path, pointer: str, place: Place) -> None:
    text = "code,name,option1_name,option1_value,sku\nT,Tee,Size,M,T-M\nT,,,L,T-L\n"
    (item,) = read_text(tmp_path, text, LAYOUT)
    assert isinstance(item, Item)
    assert LAYOUT.place(item, pointer) == place


def test_only_the_sites_that_the_file_has_columns_for_are_changed(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    for columns, sites in (("", []), (",price:uk,price:de,visible:de", ["de", "uk"])):
        path.write_text(f"code,name{columns}\n")
        header = checked(path, LAYOUT.columns).header
        assert LAYOUT.members(header) == {"sites": sites}


def test_visibility_without_the_price_is_refused_for_the_price_would_go(
    tmp_path: Path,
) -> None:
    text = "code,name,price:uk,visible:uk,levels:de\nMUG,Mug,12.50,yes,gold\n"
    with pytest.raises(BadFile, match="levels:de needs the column price:de beside it"):
        read_text(tmp_path, text, LAYOUT)


def test_a_sku_belongs_to_one_product_of_a_file(tmp_path: Path) -> None:
    """OB-1: a dry run tells what the run would: the second product cannot have the SKU."""
    text = "code,name,sku,option1_name,option1_value\nA,A,X,Size,S\nA,,Y,,M\nB,B,X,Size,S\nC,C,,,\n"
    found = read_text(tmp_path, text, LAYOUT)
    assert errors(found) == [(4, "sku", "DUPLICATE_SKU")]
    assert len(found) == 3
