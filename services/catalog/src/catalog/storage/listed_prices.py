"""The price lists that hold for a customer, and what they say of the variants asked about."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from contracts.values import SiteId, Sku
from messaging.direct import Direct, On
from sqlalchemy import DateTime, Text, Uuid, any_, bindparam, or_, select

from catalog.domain.price_lists import Entry, PriceList
from catalog.storage.price_lists import price_list_of
from catalog.storage.tables import price_list_entries, price_lists
from catalog.storage.unnested import TEXTS

_of_list = price_lists.c
_SITE, _AT = bindparam("site_id", type_=Uuid()), bindparam("at", type_=DateTime(timezone=True))
_LISTS = Direct(
    select(price_lists)
    .where(
        _of_list.site_id == _SITE,
        _of_list.active,
        _of_list.version > 0,
    )
    .where(
        or_(
            _of_list.level == bindparam("level", type_=Text()),
            _of_list.code == bindparam("code", type_=Text()),
        )
    )
    .where(or_(_of_list.valid_from.is_(None), _of_list.valid_from <= _AT))
    .where(or_(_of_list.valid_until.is_(None), _of_list.valid_until > _AT))
)
_ENTRIES = Direct(
    select(
        price_list_entries.c.price_list,
        price_list_entries.c.sku,
        price_list_entries.c.min_units,
        price_list_entries.c.minor,
        price_list_entries.c.no_discounts,
    ).where(
        price_list_entries.c.price_list == any_(bindparam("lists", type_=TEXTS)),
        price_list_entries.c.sku == any_(bindparam("skus", type_=TEXTS)),
    )
)


async def read_lists(
    on: On, site_id: SiteId, level: str | None, code: str | None, at: datetime
) -> Sequence[PriceList]:
    """Give a site's active lists that hold at a time, of this level or with this code."""
    if level is None and code is None:
        return []
    given = {"site_id": site_id, "level": level, "code": code, "at": at}
    return [price_list_of(row) for row in await _LISTS.rows(on, given)]


async def read_entries(
    on: On, lists: Collection[str], skus: Collection[Sku]
) -> Mapping[str, Mapping[Sku, Sequence[Entry]]]:
    """Give the entries of lists for these variants, by list and SKU."""
    found: dict[str, dict[Sku, list[Entry]]] = {code: {} for code in lists}
    if not lists:
        return found
    given = {"lists": list(lists), "skus": list(skus)}
    for code, *entry in await _ENTRIES.rows(on, given):
        made = Entry(*entry)
        found[code].setdefault(made.sku, []).append(made)
    return found
