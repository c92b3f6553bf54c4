"""The demo staff, and what each may do."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

FILE = "demo-staff.json"

READ = ("customers.read", "catalog.read", "orders.read", "payments.read")
CSR = (*READ, "customers.write", "orders.write", "orders.cancel", "payments.key")
MONEY = ("payments.write", "payments.issue")
BEYOND = ("orders.adjust-price", "orders.take-over", "orders.backorder", "carts.take-over")
SUPERVISOR = (*CSR, *MONEY, *BEYOND, "catalog.vouchers", "stock.write")
SUBSCRIBERS = ("subscribers.read", "subscribers.write")
OPERATE = ("messages.operate", *SUBSCRIBERS)
ADMIN = (*SUPERVISOR, *OPERATE, "sites.write", "customers.erase", "catalog.write")


class UnknownStaff(Exception):
    """There is no such member of staff."""


@dataclass(frozen=True, slots=True)
class Staff:
    """A member of staff.

    Attributes:
        sites: Ids of the sites they work for; none: all.
    """

    name: str
    permissions: tuple[str, ...]
    sites: tuple[UUID, ...] | None = None


def demo_staff(directory: Path) -> dict[str, Staff]:
    """Give the demo staff by name; the CSR's one site is known once the demo data is there."""
    everyone = [Staff("admin", ADMIN), Staff("supervisor", SUPERVISOR)]
    path = directory / FILE
    if path.exists():
        sites = tuple(UUID(site) for site in json.loads(path.read_text())["csr_sites"])
        everyone.append(Staff("csr", CSR, sites))
    return {one.name: one for one in everyone}


def staff_member(directory: Path, name: str) -> Staff:
    """Give a member of the demo staff.

    Raises:
        UnknownStaff: There is none of this name; the message says which there are.
    """
    staff = demo_staff(directory)
    if name in staff:
        return staff[name]
    if name == "csr":
        raise UnknownStaff("csr works for a demo site; start the system once, so that it is there")
    raise UnknownStaff(f"no member of staff is called {name!r}; there are {', '.join(staff)}")


def keep_csr_sites(directory: Path, sites: tuple[UUID, ...]) -> None:
    """Keep the sites of the demo CSR."""
    path = directory / FILE
    draft = path.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps({"csr_sites": [str(site) for site in sites]}) + "\n")
    draft.replace(path)
