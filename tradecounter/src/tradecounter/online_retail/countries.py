"""Each country of the data as a site, with a plainly synthetic address that its post accepts."""

import re
from dataclasses import dataclass

import pycountry


@dataclass(frozen=True, slots=True)
class Place:
    """A country as the import knows it.

    Attributes:
        code: ISO 3166-1 alpha-2.
        site: Code of the site.
    """

    name: str
    code: str
    site: str
    time_zone: str
    city: str
    postal_code: str | None = None
    region: str | None = None


KNOWN = {
    "Australia": ("AU", "Australia/Sydney", "Sydney", "2000", "NSW"),
    "Austria": ("AT", "Europe/Vienna", "Wien", "1010", None),
    "Bahrain": ("BH", "Asia/Bahrain", "Manama", None, None),
    "Belgium": ("BE", "Europe/Brussels", "Brussels", "1000", None),
    "Brazil": ("BR", "America/Sao_Paulo", "São Paulo", "01310-100", "SP"),
    "Canada": ("CA", "America/Toronto", "Toronto", "M5H 2N2", "ON"),
    "Channel Islands": ("JE", "Europe/Jersey", "St Helier", "JE2 3AB", None),
    "Cyprus": ("CY", "Asia/Nicosia", "Nicosia", "1010", None),
    "Czech Republic": ("CZ", "Europe/Prague", "Praha", "110 00", None),
    "Denmark": ("DK", "Europe/Copenhagen", "København", "1050", None),
    "EIRE": ("IE", "Europe/Dublin", "Dublin", "D02 X285", "Co. Dublin"),
    "Finland": ("FI", "Europe/Helsinki", "Helsinki", "00100", None),
    "France": ("FR", "Europe/Paris", "Paris", "75001", None),
    "Germany": ("DE", "Europe/Berlin", "Berlin", "10115", None),
    "Greece": ("GR", "Europe/Athens", "Athina", "105 57", None),
    "Hong Kong": ("HK", "Asia/Hong_Kong", "Central", None, "Hong Kong Island"),
    "Iceland": ("IS", "Atlantic/Reykjavik", "Reykjavík", "101", None),
    "Israel": ("IL", "Asia/Jerusalem", "Jerusalem", "9100000", None),
    "Italy": ("IT", "Europe/Rome", "Roma", "00184", "RM"),
    "Japan": ("JP", "Asia/Tokyo", "Chiyoda-ku", "100-0001", "Tokyo"),
    "Lebanon": ("LB", "Asia/Beirut", "Beirut", "1107 2810", None),
    "Lithuania": ("LT", "Europe/Vilnius", "Vilnius", "01100", None),
    "Malta": ("MT", "Europe/Malta", "Valletta", "VLT 1117", None),
    "Netherlands": ("NL", "Europe/Amsterdam", "Amsterdam", "1012 JS", None),
    "Norway": ("NO", "Europe/Oslo", "Oslo", "0150", None),
    "Poland": ("PL", "Europe/Warsaw", "Warszawa", "00-001", None),
    "Portugal": ("PT", "Europe/Lisbon", "Lisboa", "1100-148", None),
    "RSA": ("ZA", "Africa/Johannesburg", "Johannesburg", "2000", None),
    "Saudi Arabia": ("SA", "Asia/Riyadh", "Riyadh", "11564", None),
    "Singapore": ("SG", "Asia/Singapore", "Singapore", "018956", None),
    "Spain": ("ES", "Europe/Madrid", "Madrid", "28001", "Madrid"),
    "Sweden": ("SE", "Europe/Stockholm", "Stockholm", "111 29", None),
    "Switzerland": ("CH", "Europe/Zurich", "Zürich", "8001", None),
    "USA": ("US", "America/New_York", "New York", "10001", "NY"),
    "United Arab Emirates": ("AE", "Asia/Dubai", "Dubai", None, "Dubai"),
    "United Kingdom": ("GB", "Europe/London", "London", "SW1Y 4LB", None),
}


def place_of(name: str) -> Place:
    """Give a country's place; one that is in no table is taken for a site in the United Kingdom."""
    site = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "unspecified"
    if name in KNOWN:
        code, zone, city, postal_code, region = KNOWN[name]
        return Place(name, code, site, zone, city, postal_code, region)
    found = pycountry.countries.get(name=name)
    known = {fields[0]: fields for fields in KNOWN.values()}
    fields = known.get(found.alpha_2 if found else "GB", known["GB"])
    return Place(name, fields[0], site, *fields[1:])
