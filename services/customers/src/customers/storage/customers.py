"""Keeps customers, and what they are found by."""

from dataclasses import replace
from typing import Any, NoReturn

from contracts.values import CustomerId, CustomerSetId, SiteId
from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    Text,
    Uuid,
    and_,
    bindparam,
    cast,
    delete,
    false,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from customers.domain.customer import Customer
from customers.domain.errors import EmailTaken, ReferenceTaken
from customers.domain.notes import OrderOf
from customers.domain.search import email_key, order_key
from customers.domain.sites import Within
from customers.domain.standing import Standing
from customers.storage.documents import customer_of, values_of
from customers.storage.sites import has_site_in
from customers.storage.tables import (
    consent,
    customer,
    customer_note,
    customer_order,
    idempotency,
    invitation,
    mail,
    number_series,
    search_term,
    site,
)


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

    async def by_id(self, customer_id: CustomerId) -> Customer | None:
        return await self.get(customer_id, None)

    async def known_as(
        self, customer_set_id: CustomerSetId, *, reference: str | None, email: str | None
    ) -> Customer | None:
        known: list[ColumnElement[bool]] = []
        if reference is not None:
            known.append(customer.c.external_reference == reference)
        if email is not None:
            known.append(customer.c.email_key == email_key(email))
        query = (
            select(customer)
            .where(customer.c.customer_set_id == customer_set_id, or_(false(), *known))
            # Whoever has the reference comes first.
            .order_by(customer.c.external_reference.is_distinct_from(reference))
            .limit(1)
            .with_for_update()
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

    async def forget(self, erased: Customer, terms: frozenset[str], gone: str) -> None:
        await self.save(erased, terms)
        for table in (customer_note, consent, invitation, mail):
            here = table.c.customer_id == erased.customer_id
            await self._session.execute(delete(table).where(here))
        answered = idempotency.c.response
        about = func.coalesce(answered["customer_id"].astext, answered["id"].astext)
        problem = {"content-type": "application/problem+json"}
        await self._session.execute(
            update(idempotency)
            .where(about == str(erased.customer_id))
            .values(status=409, response=cast(literal(gone), JSONB), headers=problem)
        )

    async def note_order(self, order: OrderOf) -> None:
        values = {
            "order_id": order.order_id,
            "customer_set_id": order.customer_set_id,
            "site_id": order.site_id,
            "number_key": order_key(order.order_number),
            "customer_id": order.customer_id,
        }
        await self._session.execute(_NOTE_ORDER, values)

    async def standing(self, customer_id: CustomerId, site_id: SiteId) -> Standing:
        given = {"customer_id": customer_id, "site_id": site_id}
        return _standing((await self._session.execute(_STANDING, given)).one())

    async def described(
        self, customer_id: CustomerId, site_id: SiteId
    ) -> tuple[Standing, Customer | None]:
        given = {"customer_id": customer_id, "site_id": site_id}
        row = (await self._session.execute(_DESCRIBED, given)).one()
        standing = _standing(row)
        if row.customer_set_id is None:
            return standing, None
        found = customer_of(row)
        return replace(standing, complete=found.complete), found

    async def referred(
        self, site_id: SiteId, external_reference: str
    ) -> tuple[bool, CustomerId | None]:
        given = {"site_id": site_id, "reference": external_reference}
        row = (await self._session.execute(_REFERRED, given)).first()
        return (False, None) if row is None else (True, row.customer_id)

    async def _index(self, found: Customer, terms: frozenset[str]) -> None:
        rows = [
            {
                "customer_set_id": found.customer_set_id,
                "term": term,
                "customer_id": found.customer_id,
            }
            for term in sorted(terms)
        ]
        # Not one statement with all values: that would be put together anew for each number.
        await self._session.execute(insert(search_term), rows)

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


def _beside_site(*columns: ColumnElement[Any]) -> Select[Any]:
    """Select ``customer_id`` and the set of ``site_id``; one row, whichever of them exist."""
    one = select(literal(1).label("one")).subquery()
    query: Select[Any] = select(
        site.c.customer_set_id.label("site_set"), site.c.active.label("site_active"), *columns
    )
    return query.select_from(
        one.outerjoin(site, site.c.site_id == bindparam("site_id", type_=Uuid())).outerjoin(
            customer, customer.c.customer_id == bindparam("customer_id", type_=Uuid())
        )
    )


# Every order asks for these: putting such a statement together anew costs more than running it.
_STANDING = _beside_site(
    customer.c.customer_set_id,
    customer.c.is_staff,
    customer.c.disabled,
    customer.c.complete,
    customer.c.erased_at,
)
_DESCRIBED = _beside_site(*customer.c)
_REFERRED: Select[Any] = (
    select(customer.c.customer_id)
    .select_from(site)
    .outerjoin(
        customer,
        and_(
            customer.c.customer_set_id == site.c.customer_set_id,
            customer.c.external_reference == bindparam("reference", type_=Text()),
        ),
    )
    .where(site.c.site_id == bindparam("site_id", type_=Uuid()))
)
_NOTE_ORDER = insert(customer_order).on_conflict_do_nothing()


def _standing(row: Row[Any]) -> Standing:
    return Standing(
        site_set=row.site_set,
        customer_set=row.customer_set_id,
        is_staff=bool(row.is_staff),
        disabled=bool(row.disabled),
        complete=bool(row.complete),
        erased=row.erased_at is not None,
        site_active=bool(row.site_active),
    )
