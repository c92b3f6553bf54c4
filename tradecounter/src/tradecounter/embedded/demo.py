"""The demo retailer: two customer sets, three sites, two of which share a warehouse."""

from dataclasses import dataclass
from uuid import UUID

from contracts.values import derived_id

from tradecounter.client import Api, ApiError, Json, once_sites_are_known

_NAMES = UUID("0b8f7a1e-6d4c-5c55-8a55-1f0c8a2b7d10")

SETS = {"retail": "Retail customers", "trade": "Trade customers"}
SITES: dict[str, Json] = {
    "uk": {
        "name": "Tradecounter UK",
        "customer_set": "retail",
        "country": "GB",
        "currency": "GBP",
        "time_zone": "Europe/London",
    },
    "de": {
        "name": "Tradecounter Deutschland",
        "customer_set": "retail",
        "country": "DE",
        "currency": "EUR",
        "time_zone": "Europe/Berlin",
    },
    "trade": {
        "name": "Tradecounter Trade",
        "customer_set": "trade",
        "country": "GB",
        "currency": "GBP",
        "time_zone": "Europe/London",
    },
}
LOCATIONS: dict[str, Json] = {
    "central": {"name": "Central warehouse", "sites": ["uk", "trade"], "priority": 10},
    "soho": {
        "name": "Soho shop",
        "sites": ["uk"],
        "ships": False,
        "pickup": True,
        "delivery": True,
    },
    "berlin": {"name": "Lager Berlin", "sites": ["de"], "pickup": True},
}
PRODUCTS = {
    "MUG-01": ("Stoneware mug", 1200, 1400),
    "TEE-BLU-M": ("Blue tee, M", 1400, 1700),
    "TEE-BLU-L": ("Blue tee, L", 1400, 1700),
    "LAMP-OAK": ("Oak table lamp", 7900, 9200),
    "CHAIR-ASH": ("Ash dining chair", 12900, 14900),
    "RUG-GREY": ("Grey wool rug", 24900, 28900),
    "PEN-BLK": ("Black fineliner", 250, 290),
    "BOOK-A5": ("A5 notebook", 650, 750),
}
STOCK = {"central": 500, "soho": 12, "berlin": 200}
CUSTOMERS = (
    ("uk", "Ada", "Byron", "ada.byron@example.com", "+44 20 7946 0018"),
    ("uk", "Martin", "Frank", "martin.frank@example.com", "+44 20 7946 0123"),
    ("trade", "Grace", "Builder", "grace.builder@example.com", "+44 20 7946 0456"),
)


@dataclass(frozen=True, slots=True)
class Demo:
    """What a first order needs of the demo data.

    Attributes:
        csr_site: Id of the site that the demo CSR works for.
        customer_id: A customer of the site ``uk``.
    """

    csr_site: str
    customer_id: str


async def make_demo(api: Api) -> Demo:
    """Make the demo retailer; what is there already stays as it is."""
    for code, name in SETS.items():
        await api.put(f"/api/customers/v1/customer-sets/{code}", {"name": name})
    sites = {
        code: await api.put(f"/api/customers/v1/sites/{code}", site) for code, site in SITES.items()
    }
    await _catalogue(api)
    customers = [await _customer(api, customer) for customer in CUSTOMERS]
    return Demo(csr_site=sites["uk"]["id"], customer_id=customers[0])


async def _catalogue(api: Api) -> None:
    for code, location in LOCATIONS.items():
        await once_sites_are_known(
            lambda c=code, b=location: api.put(f"/api/catalog/v1/locations/{c}", b)
        )
    for sku, (name, pence, cents) in PRODUCTS.items():
        pounds, euros = {"minor": pence, "currency": "GBP"}, {"minor": cents, "currency": "EUR"}
        prices = {"uk": pounds, "trade": pounds, "de": euros}
        await api.put(f"/api/catalog/v1/products/{sku}", {"name": name, "prices": prices})
    for code, units in STOCK.items():
        lines = [{"sku": sku, "change": units} for sku in PRODUCTS]
        body = {"location": code, "reason": "opening stock", "lines": lines}
        await api.post("/api/catalog/v1/stock-adjustments", body, derived_id(_NAMES, code))


async def _customer(api: Api, who: tuple[str, str, str, str, str]) -> str:
    site, first, last, email, phone = who
    address = {
        "name": f"{first} {last}",
        "lines": ["12 Example Square"],
        "city": "London",
        "postal_code": "SW1Y 4LB",
        "country": "GB",
        "default_billing": True,
        "default_shipping": True,
    }
    body = {
        "site": site,
        "first_name": first,
        "last_name": last,
        "email": email,
        "phones": [{"kind": "mobile", "number": phone}],
        "addresses": [address],
    }
    try:
        made = await api.post("/api/customers/v1/customers", body, derived_id(_NAMES, email))
    except ApiError as error:
        if error.code != "EMAIL_TAKEN":
            raise
        return error.problem["customer_id"]
    return made.body["id"]
