from collections.abc import Collection
from typing import Any
from uuid import UUID

from contracts.values import SiteId, Sku
from sqlalchemy import (
    Boolean,
    ColumnElement,
    bindparam,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import ReturningInsert

from catalog.domain.price_lists import Entry, ListTerms, PriceList
from catalog.domain.validity import Validity
from catalog.storage.tables import price_list_entries, price_lists, sites
from catalog.storage.unnested import NUMBERS, TEXTS

_E = price_list_entries.c


def _put_entries() -> ReturningInsert[int]:
    put = func.unnest(
        bindparam("skus", type_=TEXTS),
        bindparam("breaks", type_=NUMBERS),
        bindparam("minors", type_=NUMBERS),
        bindparam("fixed", type_=ARRAY(Boolean)),
    ).table_valued("sku", "min_units", "minor", "no_discounts")
    put = put.render_derived(name="put")
    rows = select(
        bindparam("of_list", type_=_E.price_list.type),
        put.c.sku,
        put.c.min_units,
        put.c.minor,
        put.c.no_discounts,
    )
    statement = upsert(price_list_entries).from_select(
        ["price_list", "sku", "min_units", "minor", "no_discounts"], rows
    )
    new = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=[_E.price_list, _E.sku, _E.min_units],
        set_={"minor": new.minor, "no_discounts": new.no_discounts},
        where=or_(_E.minor != new.minor, _E.no_discounts != new.no_discounts),
    ).returning(_E.min_units)


_PUT_ENTRIES = _put_entries()


class SqlPriceListRepository:
    """Keeps price lists with their entries."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def locked(self, code: str, site_id: SiteId, *, new_id: UUID) -> PriceList:
        made = upsert(price_lists).values(
            code=code,
            price_list_id=new_id,
            site_id=site_id,
            version=0,
            currency="",
            **_columns(ListTerms("")),
        )
        while True:
            await self._session.execute(made.on_conflict_do_nothing(index_elements=["code"]))
            if (found := await self.found(code)) is not None:
                return found
            # It was there, and was dropped before it could be locked: it is made anew.

    async def found(self, code: str) -> PriceList | None:
        query = select(price_lists).where(price_lists.c.code == code).with_for_update()
        row = (await self._session.execute(query)).first()
        return None if row is None else price_list_of(row)

    async def overlapping(self, price_list: PriceList) -> str | None:
        terms = price_list.terms
        if terms.level is None or not terms.active:
            return None
        # Lists of one site are judged one after the other: two new ones do not see each other.
        lock = select(sites.c.site_id).where(sites.c.site_id == price_list.site_id)
        await self._session.execute(lock.with_for_update(key_share=True))
        columns = price_lists.c
        query = (
            select(columns.code)
            .where(columns.site_id == price_list.site_id, columns.level == terms.level)
            .where(columns.active, columns.version > 0, columns.code != price_list.code)
            .where(_begins_before(terms.validity), _ends_after(terms.validity))
            .order_by(columns.code)
            .limit(1)
        )
        return (await self._session.execute(query)).scalar()

    async def keep(self, price_list: PriceList) -> None:
        await self._session.execute(
            update(price_lists)
            .where(price_lists.c.code == price_list.code)
            .values(
                currency=price_list.currency,
                version=price_list.version,
                **_columns(price_list.terms),
            )
        )

    async def put_entries(self, code: str, entries: Collection[Entry]) -> int:
        if not entries:
            return 0
        ordered = sorted(entries, key=lambda entry: (entry.sku, entry.min_units))
        parameters = {
            "of_list": code,
            "skus": [entry.sku for entry in ordered],
            "breaks": [entry.min_units for entry in ordered],
            "minors": [entry.minor for entry in ordered],
            "fixed": [entry.no_discounts for entry in ordered],
        }
        return len((await self._session.execute(_PUT_ENTRIES, parameters)).all())

    async def drop_entries(self, code: str, sku: Sku, min_units: int | None) -> bool:
        statement = delete(price_list_entries).where(_E.price_list == code, _E.sku == sku)
        if min_units is not None:
            statement = statement.where(_E.min_units == min_units)
        dropped = await self._session.execute(statement.returning(_E.min_units))
        return dropped.first() is not None

    async def drop(self, code: str) -> None:
        await self._session.execute(delete(price_list_entries).where(_E.price_list == code))
        await self._session.execute(delete(price_lists).where(price_lists.c.code == code))


def price_list_of(row: Any) -> PriceList:  # noqa: ANN401 - a row of the table
    """Give the price list of a row."""
    validity = Validity(row.valid_from, row.valid_until)
    terms = ListTerms(row.name, row.level, validity, row.exclusive, row.active)
    return PriceList(
        row.code, row.price_list_id, SiteId(row.site_id), row.currency, terms, row.version
    )


def _columns(terms: ListTerms) -> dict[str, Any]:
    return {
        "name": terms.name,
        "level": terms.level,
        "valid_from": terms.validity.valid_from,
        "valid_until": terms.validity.valid_until,
        "exclusive": terms.exclusive,
        "active": terms.active,
    }


def _begins_before(validity: Validity) -> ColumnElement[bool]:
    begin = price_lists.c.valid_from
    if validity.valid_until is None:
        return price_lists.c.code.is_not(None)
    return or_(begin.is_(None), begin < validity.valid_until)


def _ends_after(validity: Validity) -> ColumnElement[bool]:
    end = price_lists.c.valid_until
    if validity.valid_from is None:
        return price_lists.c.code.is_not(None)
    return or_(end.is_(None), end > validity.valid_from)
