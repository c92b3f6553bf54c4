"""The statements of payments, written once: putting one together anew costs more than running it.

``BEGIN`` and ``SAVE`` take a payment's columns as parameters that begin with ``p_``, and four that
speak of its times: ``due_in`` (how long until the gateway is to be called; none: never),
``says_when`` (whether that is new), ``opens`` and ``closes`` (whether its present step began or
ended just now).
"""

from typing import Any

from sqlalchemy import (
    BindParameter,
    Boolean,
    Executable,
    Integer,
    Interval,
    Text,
    Uuid,
    any_,
    bindparam,
    case,
    func,
    null,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert

from payments.domain.states import WHEN_CALLED
from payments.storage.tables import operations, payments

LOCKED = (
    select(payments)
    .where(payments.c.payment_id == bindparam("of_payment", type_=Uuid()))
    .with_for_update()
)
BY_REFERENCE = (
    select(payments)
    .where(payments.c.reference == bindparam("known_as", type_=Text()))
    .where(payments.c.gateway == bindparam("at", type_=Text()))
    .limit(1)
    .with_for_update()
)
OF_ORDER = (
    select(payments)
    .where(payments.c.order_id == bindparam("of_order", type_=Uuid()))
    .order_by(payments.c.seq)
)
ADDING_TO = select(
    func.pg_advisory_xact_lock(func.hashtextextended(bindparam("of_order", type_=Text()), 0))
)
"""Waits for whoever is adding to the order's payments: there is no row that both could lock."""
LOGGED = (
    select(operations)
    .where(operations.c.payment_id == any_(bindparam("of_payments", type_=ARRAY(Uuid()))))
    .order_by(operations.c.seq)
)
LOG = insert(operations)
_FIXED = {"payment_id", "seq", "due_at", "open_since", "created_at", "changed_at"}
_CHANGING = tuple(column.name for column in payments.c if column.name not in _FIXED)
_CALLED = {before.value: after.value for before, after in WHEN_CALLED.items()}


def _bound(name: str) -> BindParameter[Any]:
    """Give a parameter for a column; the prefix keeps it apart from the column itself."""
    return bindparam(f"p_{name}", type_=payments.c[name].type)


def _beginning() -> Executable:
    """Write a new payment; gives no row when there is one of this id."""
    return (
        insert(payments)
        .values(
            payment_id=_bound("payment_id"),
            **{name: _bound(name) for name in _CHANGING},
            due_at=func.now() + bindparam("due_in", type_=Interval()),
            open_since=case((bindparam("closes", type_=Boolean()), null()), else_=func.now()),
        )
        .on_conflict_do_nothing(index_elements=[payments.c.payment_id])
        .returning(payments.c.payment_id)
    )


def _saving() -> Executable:
    """Write what has become of a payment."""
    due_at = func.now() + bindparam("due_in", type_=Interval())
    return (
        update(payments)
        .where(payments.c.payment_id == _bound("payment_id"))
        .values(
            **{name: _bound(name) for name in _CHANGING},
            due_at=case((bindparam("says_when", type_=Boolean()), due_at), else_=payments.c.due_at),
            open_since=case(
                (bindparam("closes", type_=Boolean()), null()),
                (bindparam("opens", type_=Boolean()), func.now()),
                else_=payments.c.open_since,
            ),
            changed_at=func.now(),
        )
    )


def _claiming() -> Executable:
    """Take due payments, and put them off."""
    due = (
        select(payments.c.payment_id)
        .where(payments.c.due_at <= func.now())
        .order_by(payments.c.due_at)
        .limit(bindparam("at_most", type_=Integer()))
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    return (
        update(payments)
        .where(payments.c.payment_id == due.c.payment_id)
        .values(
            state=case(_CALLED, value=payments.c.state, else_=payments.c.state),
            calls=payments.c.calls + 1,
            due_at=func.now() + bindparam("lease", type_=Interval()),
        )
        .returning(*payments.c)
    )


BEGIN, SAVE, CLAIM = _beginning(), _saving(), _claiming()
