"""A voucher that is made from inside an order and applied at once (CP-7)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from contracts.catalog.questions import MakeVoucher, VoucherDeal
from contracts.catalog.replies import VoucherMade, VoucherRefused
from contracts.values import OrderId, StaffId, derived_id
from messaging.transport import Asker, Unanswered

from orders.domain.errors import Fault, NotAcceptable
from orders.domain.extras import add_coupon
from orders.domain.order import Change, Order
from orders.handlers.editing import Changing
from orders.handlers.opening import Edit, free_for, reached

_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Without signs that are read for one another: 0 and O, 1, I and L."""
_SIGNS = 10


@dataclass(frozen=True, slots=True)
class VoucherWish:
    """The voucher that staff want to give; either ``promotion`` or ``deal`` is there.

    Attributes:
        for_anyone: Not only for the order's customer.
        limit_total: How often it may be used.
        valid_until: UTC; none is without end.
    """

    promotion: str | None = None
    deal: VoucherDeal | None = None
    for_anyone: bool = False
    limit_total: int = 1
    valid_until: datetime | None = None


def voucher_code(order_id: OrderId, staff_id: StaffId, key: str) -> str:
    """Give the code that always follows from who asks for a voucher on which order by which key."""
    rest, signs = derived_id(order_id, "voucher", staff_id, key).int, ""
    for _ in range(_SIGNS):
        rest, place = divmod(rest, len(_ALPHABET))
        signs += _ALPHABET[place]
    return f"V-{signs}"


async def voucher_made(
    edit: Edit, seen: Order, code: str, wish: VoucherWish, asker: Asker
) -> Changing:
    """Have the catalog make the voucher; gives what puts it on the order.

    The same wish under the same code is one voucher, however often it is asked for. An order that
    takes no coupon is refused before anything is made.

    Raises:
        NoSuchPart: There is no such order, or it is out of reach.
        StaleVersion: Somebody else changed it.
        NotADraft: It cannot be changed any more.
        NotAcceptable: The order takes no coupon, or the catalog makes no such voucher.
        Unanswered: The catalog gave no answer in time: it may have made the voucher or not.
    """
    order = free_for(edit, reached(seen, edit))
    customer = order.customer.customer_id if order.customer else None
    add_coupon(order, code)
    told = MakeVoucher(
        errand_id=UUID(int=0),
        code=code,
        site_id=order.site.site_id,
        promotion=wish.promotion,
        deal=wish.deal,
        customer_id=None if wish.for_anyone else customer,
        limit_total=wish.limit_total,
        valid_until=wish.valid_until,
        staff_id=edit.scope.staff_id,
    )
    id_ = derived_id(order.order_id, told.model_dump_json())
    answer = await asker.ask(told.model_copy(update={"errand_id": id_}))
    if isinstance(answer, VoucherRefused):
        raise NotAcceptable([*_faults(answer)])
    if not isinstance(answer, VoucherMade):
        raise Unanswered(answer.owner())
    return _adding(answer.code)


def _adding(code: str) -> Changing:
    def add(order: Order) -> Change:
        return replace(add_coupon(order, code), action="voucher made")

    return add


def _faults(refused: VoucherRefused) -> Sequence[Fault]:
    if refused.code == "VOUCHER_CODE_TAKEN":
        detail = "this key was used for another voucher; a new voucher needs a new key"
        return [Fault("", "IDEMPOTENCY_KEY_REUSED", detail)]
    return [
        Fault(pointer.replace("/deal", "/terms", 1), refused.code, detail)
        for pointer, detail in refused.faults.items()
    ] or [Fault("", refused.code, refused.detail)]
