"""Orders as the audit goes back to them: see ``storage.history``."""

from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from pydantic_core import to_jsonable_python
from sqlalchemy import Row
from typing_extensions import TypedDict

from orders.domain.order import Order
from orders.domain.site import Site
from orders.storage.documents import order_of
from orders.storage.history import Snapshot


class _Columns(TypedDict):
    id: UUID
    number: str
    site_id: UUID
    state: str
    version: int
    event_seq: int
    customer_id: UUID | None
    customer_name: str | None
    external_reference: str | None
    submission_id: UUID | None
    submitted_by: str | None
    submitted_at: datetime | None
    created_at: datetime
    updated_at: datetime


_COLUMNS = TypeAdapter(_Columns)
_NAMES = tuple(_Columns.__annotations__)


def snapshot_of(columns: dict[str, Any]) -> Snapshot:
    """Give the snapshot of an order's columns as they are written or read."""
    found = to_jsonable_python({name: columns[name] for name in _NAMES})
    return {**found, "content": columns["content"]}


def snapshot_of_row(row: Row[Any]) -> Snapshot:
    """Give the snapshot of an order that was read."""
    return snapshot_of({name: getattr(row, name) for name in (*_NAMES, "content")})


def site_of(snapshot: Snapshot) -> UUID:
    """Give the site that an order was on."""
    return UUID(snapshot["site_id"])


def order_at(snapshot: Snapshot, site: Site) -> Order:
    """Build the order of a snapshot, on the site that it was on."""
    columns = _COLUMNS.validate_python({name: snapshot[name] for name in _NAMES})
    of_site = {f"site_{name.removeprefix('site_')}": getattr(site, name) for name in _SITE}
    row = {**columns, **of_site, "content": snapshot["content"], "terms": None, "leased_by": None}
    return order_of(SimpleNamespace(**row))


_SITE = tuple(Site.__dataclass_fields__)
