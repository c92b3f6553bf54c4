"""Orders as rows: the columns, and the document beside them."""

from collections.abc import Mapping
from typing import Any

from contracts.values import CustomerId, OrderId
from pydantic import TypeAdapter
from pydantic_core import to_jsonable_python

from orders.domain.content import Content
from orders.domain.lease import Lease
from orders.domain.order import Change, Customer, Order, State
from orders.domain.payments import digested
from orders.domain.site import Site
from orders.domain.site_terms import NO_TERMS, SiteTerms
from orders.storage.history import Undo
from orders.storage.tables import orders, site_terms, sites

_CONTENT = TypeAdapter(Content)
_TERMS = TypeAdapter(SiteTerms)
_SITE = tuple(Site.__dataclass_fields__)
_SITE_IN_ROW = {name: f"site_{name.removeprefix('site_')}" for name in _SITE}

_NOT_READ = {
    *("site_id", "search_text", "cancel_reason", "revisions", "giving_back"),
    *("ships_to", "payment_methods"),
}
COLUMNS = (
    *(column for column in orders.c if column.name not in _NOT_READ),
    *(sites.c[name].label(label) for name, label in _SITE_IN_ROW.items()),
    site_terms.c.terms,
)
"""What ``order_of`` needs of an order joined as ``WITH_SITE`` is."""
WITH_SITE = orders.join(sites, sites.c.site_id == orders.c.site_id).outerjoin(
    site_terms, site_terms.c.site_id == orders.c.site_id
)


_FIXED = {"id", "number", "site_id", "currency", "created_at", "leased_by", "leased_until"}
CHANGING = tuple(column.name for column in orders.c if column.name not in _FIXED)
"""The columns of ``columns_of``."""
ENTRY = ("order_id", "version", "staff_id", "customer_id", "action", "before", "after", "undo")
"""The columns of ``change_of``."""


def content_of(document: Mapping[str, Any]) -> Content:
    """Build what stands on an order."""
    return _CONTENT.validate_python(_without_codes(document))


def _without_codes(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Digest the codes of gift cards that earlier releases kept (docs/decisions/0018)."""
    payments = document.get("payments", ())
    read = [{**payment, "terms": digested(payment["terms"])} for payment in payments]
    return {**document, "payments": read}


def content_document(content: Content) -> object:
    """Give the document that ``content_of`` reads."""
    return _CONTENT.dump_python(content, mode="json", exclude_defaults=True)


def terms_of(document: object) -> SiteTerms:
    """Build what a site has decided; none of a document: nothing."""
    return NO_TERMS if document is None else _TERMS.validate_python(document)


def document_of(terms: SiteTerms) -> object:
    """Give the document that ``terms_of`` reads."""
    return _TERMS.dump_python(terms, mode="json", exclude_defaults=True)


def order_of(row: Any) -> Order:  # noqa: ANN401 - a row, or what the audit leads back to
    """Build the order of a row that has ``COLUMNS``."""
    return Order(
        order_id=OrderId(row.id),
        number=row.number,
        site=Site(*(getattr(row, label) for label in _SITE_IN_ROW.values())),
        created_at=row.created_at,
        updated_at=row.updated_at,
        content=content_of(row.content),
        terms=terms_of(row.terms),
        state=State(row.state),
        version=row.version,
        event_seq=row.event_seq,
        customer=_customer(row),
        external_reference=row.external_reference,
        submission_id=row.submission_id,
        submitted_by=row.submitted_by,
        submitted_at=row.submitted_at,
        lease=Lease(row.leased_by, row.leased_until) if row.leased_by else None,
    )


def _customer(row: Any) -> Customer | None:  # noqa: ANN401 - as above
    if row.customer_id is None:
        return None
    return Customer(CustomerId(row.customer_id), row.customer_name)


def columns_of(order: Order) -> dict[str, Any]:
    """Give the columns that a change may touch."""
    return {
        "state": order.state.value,
        "version": order.version,
        "event_seq": order.event_seq,
        "customer_id": order.customer.customer_id if order.customer else None,
        "customer_name": order.customer.name if order.customer else None,
        "external_reference": order.external_reference,
        "total_minor": order.content.totals().total.minor,
        "submission_id": order.submission_id,
        "submitted_by": order.submitted_by,
        "submitted_at": order.submitted_at,
        "updated_at": order.updated_at,
        "search_text": search_text(order),
        **_for_lists(order.content),
        "content": content_document(order.content),
    }


def _for_lists(content: Content) -> dict[str, Any]:
    """Give what lists show of the content, so that they need not read it."""
    reason, cancellation = content.cancel_reason, content.cancellation
    return {
        "cancel_reason": reason.code.value if reason else None,
        "revisions": content.revisions,
        "giving_back": cancellation is not None and not cancellation.done,
        "ships_to": content.shipping_address and content.shipping_address.country,
        "payment_methods": [*dict.fromkeys(one.terms.method for one in content.payments)],
    }


def first_columns_of(order: Order) -> dict[str, Any]:
    """Give all columns of a new order."""
    return {
        "id": order.order_id,
        "number": order.number,
        "site_id": order.site.site_id,
        "currency": order.site.currency,
        "created_at": order.created_at,
        "leased_by": order.lease.staff_id if order.lease else None,
        "leased_until": order.lease.until if order.lease else None,
        **columns_of(order),
    }


def change_of(
    order: Order, change: Change, staff_id: str, undo: Undo | None = None
) -> dict[str, Any]:
    """Give the columns of an entry in the audit."""
    return {
        "order_id": order.order_id,
        "version": order.version,
        "staff_id": staff_id,
        "customer_id": order.customer.customer_id if order.customer else None,
        "action": change.action,
        "before": to_jsonable_python(change.before, exclude_none=True),
        "after": to_jsonable_python(change.after, exclude_none=True),
        "undo": undo,
    }


def search_text(order: Order) -> str:
    """Give what an order is found by: number, with and without the site's letters, names, e-mail.

    A space stands before each word, so that ``% word%`` finds words by their beginning.
    """
    words = [order.number, order.number.partition("-")[2]]
    if order.customer is not None:
        words += order.customer.name.split()
    if order.content.buyer is not None and order.content.buyer.email is not None:
        words.append(order.content.buyer.email)
    if order.external_reference is not None:
        words += order.external_reference.split()
    return "".join(f" {word}" for word in words).lower()
