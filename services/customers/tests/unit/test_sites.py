from dataclasses import replace

import pytest
from customers.domain.errors import CurrencyFixed
from customers.domain.findings import Findings
from customers.domain.sites import (
    CustomerSet,
    Site,
    SiteTerms,
    check_site,
    customer_set_id,
    sees,
    site_id,
)
from customers.handlers.formats import FORMATS

TERMS = SiteTerms("Shop", customer_set_id("retail"), "GB", "GBP", "Europe/London", active=True)
SHOP = Site(site_id("uk"), "uk", TERMS)


def test_a_site_belongs_to_one_set_and_can_be_moved() -> None:
    """CS-4."""
    moved = SHOP.on(replace(TERMS, customer_set_id=customer_set_id("trade")))

    assert moved.terms.customer_set_id == customer_set_id("trade")
    assert (moved.version, moved.site_id) == (2, SHOP.site_id)


def test_the_same_terms_give_the_same_version() -> None:
    assert SHOP.on(replace(TERMS)) is SHOP


def test_a_sites_currency_is_for_ever() -> None:
    with pytest.raises(CurrencyFixed):
        SHOP.on(replace(TERMS, currency="EUR"))


def test_everything_wrong_with_a_site_is_told_at_once() -> None:
    """CU-3, for sites."""
    findings = Findings()

    check_site(
        SiteTerms(" ", TERMS.customer_set_id, "UK", "gbp", "London", True), FORMATS, findings
    )

    assert {v.pointer: v.code for v in findings.violations} == {
        "/name": "FIELD_REQUIRED",
        "/country": "UNKNOWN_COUNTRY",
        "/currency": "UNKNOWN_CURRENCY",
        "/time_zone": "UNKNOWN_TIME_ZONE",
    }


@pytest.mark.parametrize("name", ["localtime", "Factory"])
def test_the_time_of_whatever_machine_it_is_is_no_time_zone(name: str) -> None:
    """CS-4: each service would read another one into it."""
    findings = Findings()

    check_site(replace(TERMS, time_zone=name), FORMATS, findings)

    assert [v.code for v in findings.violations] == ["UNKNOWN_TIME_ZONE"]


def test_a_set_keeps_its_version_under_the_same_name() -> None:
    retail = CustomerSet(customer_set_id("retail"), "retail", "Retail")

    assert retail.renamed("Retail") is retail
    assert retail.renamed("Shops").version == 2


def test_nobody_sees_more_than_their_sites() -> None:
    """SC-1."""
    uk, de = site_id("uk"), site_id("de")

    assert sees(uk, None)
    assert sees(uk, frozenset({uk}))
    assert not sees(de, frozenset({uk}))
