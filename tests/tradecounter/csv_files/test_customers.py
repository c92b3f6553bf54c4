"""Customers as CSV: what is read is what was written, errors name line and column."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tradecounter.csv_files.faults import BadFile
from tradecounter.csv_files.items import Item, Place
from tradecounter.csv_files.layouts import customers
from tradecounter.csv_files.layouts.customers import CustomerLayout

from tests.tradecounter.csv_files.files import bodies, errors, read, read_text, written

LAYOUT = CustomerLayout()


def _address(name: str, *uses: str, **parts: object) -> dict[str, Any]:
    return {
        "name": name,
        "company": None,
        "lines": ["1 Example Street", "Flat 2"],
        "city": "London",
        "region": None,
        "postal_code": "SW1Y 4LB",
        "country": "GB",
        "phone": None,
        "default_billing": "billing" in uses,
        "default_shipping": "shipping" in uses,
        **parts,
    }


def _customer(*addresses: dict[str, Any], **details: object) -> dict[str, Any]:
    return {
        "number": "R-1",
        "customer_set": "retail",
        "external_reference": "crm-7",
        "email": "ada@example.com",
        "first_name": "Ada",
        "last_name": "Byron",
        "company": None,
        "level": "gold",
        "tax_id": "GB980780684",
        "tax_exempt": True,
        "is_staff": False,
        "disabled": False,
        "is_registered": True,
        "created_at": "2026-11-21T07:00:00Z",
        "phones": [
            {"kind": "mobile", "number": "+447700900123"},
            {"kind": "home", "number": "+442079460018"},
            {"kind": "mobile", "number": "+447700900124"},
        ],
        "addresses": addresses,
        "attributes": {"=colour": "+blue", "note": "a\nb"},
        "marketing_consent": {"granted": False, "at": "2026-11-21T07:00:00Z", "source": "=phone"},
        **details,
    }


def _sent(customer: dict[str, Any], path: Path) -> dict[str, Any]:
    rows = [customers.written(customer, "uk")]
    (sent,) = bodies(read(written(path, customers.WRITTEN, rows), LAYOUT))
    return sent["customer"]


def _plain(address: dict[str, Any]) -> dict[str, Any]:
    """Give an address without what is empty."""
    flags = ("default_billing", "default_shipping")
    return {name: value for name, value in address.items() if name in flags or value}


def test_what_is_written_is_read(tmp_path: Path) -> None:
    billing = _address("Ada Byron", "billing", company="=Engines", phone="+442079460018")
    shipping = _address("Ada K.", "shipping", lines=["2 Example Street"], region="Kent")
    other = _address("Charles", company="-")
    customer = _customer(other, billing, shipping)
    sent = _sent(customer, tmp_path)
    texts = ("external_reference", "email", "first_name", "last_name", "company", "level", "tax_id")
    assert {name: sent[name] for name in texts} == {name: customer[name] for name in texts}
    assert (sent["site"], sent["tax_exempt"], sent["is_staff"]) == ("uk", True, False)
    assert sent["attributes"] == customer["attributes"]
    assert sent["marketing_consent"] == {"granted": False, "source": "=phone"}
    assert sent["is_registered"]
    assert sorted(map(str, sent["phones"])) == sorted(map(str, customer["phones"]))
    others = [{k: v for k, v in _plain(other).items() if v}]
    assert sent["addresses"] == [_plain(billing), _plain(shipping), *others]


def test_one_address_for_both_uses_stands_there_once(tmp_path: Path) -> None:
    both = _address("Ada Byron", "billing", "shipping")
    assert _sent(_customer(both), tmp_path)["addresses"] == [_plain(both)]


names = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1)


@given(name=names, attribute=names)
def test_any_text_comes_back(
    tmp_path_factory: pytest.TempPathFactory, name: str, attribute: str
) -> None:
    path = tmp_path_factory.mktemp("customers")
    customer = _customer(last_name=name, attributes={attribute: name})
    sent = _sent(customer, path)
    assert (sent["last_name"], sent["attributes"]) == (name, {attribute: name})


def test_columns_that_are_not_there_say_nothing(tmp_path: Path) -> None:
    found = read_text(
        tmp_path,
        "email,level,attribute:tier\na@b.example,,\n",
        CustomerLayout("uk"),
    )
    nothing: dict[str, object] = {"level": None, "attributes": {}}
    assert bodies(found) == [{"customer": {"site": "uk", "email": "a@b.example", **nothing}}]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("uk,,A,B,,", [(2, "external_reference", "KEY_REQUIRED")]),
        (",a@b.example,A,B,,", [(2, "site", "FIELD_REQUIRED")]),
        ("uk,a@b.example,A,B,maybe,", [(2, "tax_exempt", "NOT_YES_OR_NO")]),
        ("uk,a@b.example,A,B,,{", [(2, "other_addresses", "NOT_JSON")]),
        ("uk,a@b.example,A", [(2, "", "RAGGED_ROW")]),
    ],
)
def test_what_is_wrong_is_named(
    tmp_path: Path, row: str, expected: Sequence[tuple[int, str, str]]
) -> None:
    columns = "site,email,first_name,last_name,tax_exempt,other_addresses"
    assert errors(read_text(tmp_path, f"{columns}\n{row}\n", LAYOUT)) == expected


@pytest.mark.parametrize(
    ("pointer", "column"),
    [
        ("/email", "email"),
        ("/phones", "home_phone"),
        ("/phones/0/number", "work_phone"),
        ("/phones/2/number", "mobile_phone"),
        ("/phones/9/number", "home_phone"),
        ("/addresses", "billing_name"),
        ("/addresses/0/postal_code", "shipping_postal_code"),
        ("/addresses/0/lines/0", "shipping_line2"),
        ("/addresses/0/lines", "shipping_line2"),
        ("/addresses/0/default_billing", "shipping_name"),
        ("/addresses/1/city", "other_addresses"),
        ("/attributes", "attributes"),
        ("/attributes/a~1b", "attribute:a/b"),
        ("/marketing_consent/source", "marketing_consent_source"),
        ("", ""),
    ],
)
def test_a_pointer_leads_to_its_cell(tmp_path: Path, pointer: str, column: str) -> None:
    columns = "site,email,first_name,last_name,work_phone,mobile_phone,shipping_line2,attribute:a/b"
    text = f"{columns}\nuk,a@b.example,A,B,1,2|3,Street,x\n"
    (item,) = read_text(tmp_path, text, LAYOUT)
    assert isinstance(item, Item)
    assert LAYOUT.place(item, pointer) == Place(column)


def test_a_customer_is_known_by_reference_and_email(tmp_path: Path) -> None:
    text = "site,email,external_reference,first_name,last_name\nuk,A@b.example,x,A,B\n"
    (item,) = read_text(tmp_path, text, LAYOUT)
    assert isinstance(item, Item)
    assert item.keys == {"x", "a@b.example"}


def test_a_column_must_say_who_it_is(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="no column site; no column external_reference or email"):
        read_text(tmp_path, "first_name,last_name\n", LAYOUT)


@pytest.mark.parametrize("uses", [("billing",), ("shipping",), ()])
def test_an_address_for_one_use_only_does_not_become_the_other(
    tmp_path: Path, uses: Sequence[str]
) -> None:
    """OB-1, CU-2: what was exported of somebody incomplete changes nothing when it comes back."""
    address = _address("Ann", *uses)
    (sent,) = _sent(_customer(address), tmp_path)["addresses"]
    assert {use for use in ("billing", "shipping") if sent.get(f"default_{use}")} == set(uses)
    assert sent["lines"] == address["lines"]
