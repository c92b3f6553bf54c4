"""Keeps customers, and what they are found by."""

from dataclasses import replace
from typing import Any, NoReturn
from uuid import UUID

from contracts.values import CustomerId, CustomerSetId, SiteId
from sqlalchemy import ColumnElement, Row, Select, delete, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from customers.domain.customer import Customer
from customers.domain.errors import EmailTaken, ReferenceTaken
from customers.domain.search import email_key
from customers.domain.sites import Within
from customers.domain.standing import Standing
from customers.storage.documents import customer_of, values_of
from customers.storage.sites import has_site_in
from customers.storage.tables import customer, number_series, search_term, site


class SqlCustomerRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, customer_id: CustomerId, within: Within) -> Customer | None:
        query = (
            select(customer)
            .where(
                customer.c.customer_id == customer_id,
                has_site_in(customer.c.customer_set_id, within),
            )
            .with_for_update(of=customer)
        )
        row = (await self._session.execute(query)).one_or_none()
        return customer_of(row) if row else None

    async def next_number(self, customer_set_id: CustomerSetId) -> str:
        statement = (
            insert(number_series)
            .values(customer_set_id=customer_set_id, last=1)
            .on_conflict_do_update(
                index_elements=["customer_set_id"], set_={"last": number_series.c.last + 1}
            )
            .returning(number_series.c.last)
        )
        return f"C-{await self._session.scalar(statement):06d}"

    async def add(self, new: Customer, terms: frozenset[str]) -> None:
        statement = (
            insert(customer)
            .values(values_of(new))
            .on_conflict_do_nothing()
            .returning(customer.c.customer_id)
        )
        if (await self._session.execute(statement)).first() is None:
            await self._refuse(new)
        await self._index(new, terms)

    async def save(self, changed: Customer, terms: frozenset[str]) -> None:
        try:
            async with self._session.begin_nested():
                await self._session.execute(
                    update(customer)
                    .where(customer.c.customer_id == changed.customer_id)
                    .values(values_of(changed))
                )
        except IntegrityError:
            await self._refuse(changed)
        here = search_term.c.customer_id == changed.customer_id
        query = select(search_term.c.term, search_term.c.customer_set_id).where(here)
        old = {(term, set_id) for term, set_id in await self._session.execute(query)}
        if old != {(term, changed.customer_set_id) for term in terms}:
            await self._session.execute(delete(search_term).where(here))
            await self._index(changed, terms)

    async def standing(self, customer_id: CustomerId, site_id: SiteId) -> Standing:
        columns = ("customer_set_id", "is_staff", "disabled", "complete")
        query = _beside_site(customer_id, site_id, *(customer.c[name] for name in columns))
        return _standing((await self._session.execute(query)).one())

    async def described(
        self, customer_id: CustomerId, site_id: SiteId
    ) -> tuple[Standing, Customer | None]:
        query = _beside_site(customer_id, site_id, *customer.c)
        row = (await self._session.execute(query)).one()
        standing = _standing(row)
        if row.customer_set_id is None:
            return standing, None
        found = customer_of(row)
        return replace(standing, complete=found.complete), found

    async def _index(self, found: Customer, terms: frozenset[str]) -> None:
        rows = [
            {
                "customer_set_id": found.customer_set_id,
                "term": term,
                "customer_id": found.customer_id,
            }
            for term in sorted(terms)
        ]
        await self._session.execute(insert(search_term).values(rows))

    async def _refuse(self, wanted: Customer) -> NoReturn:
        """Find out who is in the way, and say so."""
        email, reference = wanted.details.email, wanted.details.external_reference
        if email and (other := await self._other(wanted, email_key=email_key(email))):
            raise EmailTaken(other)
        if reference and (other := await self._other(wanted, external_reference=reference)):
            raise ReferenceTaken(other)
        raise RuntimeError(f"customer {wanted.customer_id} was refused for no known reason")

    async def _other(self, than: Customer, **with_: str) -> CustomerId | None:
        query = select(customer.c.customer_id).where(
            customer.c.customer_set_id == than.customer_set_id,
            customer.c.customer_id != than.customer_id,
            *(customer.c[name] == value for name, value in with_.items()),
        )
        return await self._session.scalar(query)


def _beside_site(customer_id: UUID, site_id: UUID, *columns: ColumnElement[Any]) -> Select[Any]:
    """Select a customer and a site's customer set; one row, whichever of them exist."""
    one = select(literal(1).label("one")).subquery()
    query: Select[Any] = select(site.c.customer_set_id.label("site_set"), *columns)
    return query.select_from(
        one.outerjoin(site, site.c.site_id == site_id).outerjoin(
            customer, customer.c.customer_id == customer_id
        )
    )


def _standing(row: Row[Any]) -> Standing:
    return Standing(
        site_set=row.site_set,
        customer_set=row.customer_set_id,
        is_staff=bool(row.is_staff),
        disabled=bool(row.disabled),
        complete=bool(row.complete),
    )
