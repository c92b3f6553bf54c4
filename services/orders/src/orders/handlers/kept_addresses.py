"""Addresses typed on an order that go into the customer's address book too (FU-5)."""

from collections.abc import Mapping

from contracts.customers.questions import CheckAddresses, KeepAddresses
from contracts.customers.replies import AddressesFit, AddressesKept, AddressesNotKept
from contracts.values import new_id
from messaging.transport import Asker, Unanswered

from orders.domain.completeness import missing_from
from orders.domain.errors import Fault, NotAcceptable
from orders.domain.order import Order
from orders.domain.parts import Address
from orders.handlers.editing import Changing
from orders.handlers.opening import Edit, free_for, reached
from orders.handlers.telling import told_address


async def keep_addresses(
    edit: Edit, seen: Order, change: Changing, kept: Mapping[str, Address], asker: Asker
) -> None:
    """Have the customer's book keep addresses, by their pointers, before the order is changed.

    What ``change`` does to the order is tried first, so that nothing is kept of a change that the
    order refuses. The book takes no address twice, so the request may be sent again.

    Raises:
        NoSuchPart: There is no such order, or it is out of reach.
        StaleVersion: Somebody else changed it.
        NotADraft: It cannot be changed any more.
        NotAcceptable: There is no customer, or an address breaks a rule; none is kept.
        Unanswered: The customers service gave no answer in time.
    """
    order = free_for(edit, reached(seen, edit))
    change(order)
    await keep_in_book(order, kept, asker)


async def keep_for_new(
    order: Order,
    kept: Mapping[str, Address],
    asker: Asker,
    *,
    submits: bool,
    dry_run: bool = False,
) -> None:
    """Have the customer's book keep addresses of an order that is about to be begun.

    Nothing is kept of one that is to be handed in and lacks what it needs: it is not begun. With
    ``dry_run`` the book is only asked whether it would.

    Raises:
        NotAcceptable: There is no customer, or an address breaks a rule; none is kept.
        Unanswered: The customers service gave no answer in time.
    """
    if kept and not (submits and missing_from(order)):
        await keep_in_book(order, kept, asker, dry_run=dry_run)


async def keep_in_book(
    order: Order, kept: Mapping[str, Address], asker: Asker, *, dry_run: bool = False
) -> None:
    """Have the book of an order's customer keep addresses, by their pointers.

    Raises:
        NotAcceptable: There is no customer, or an address breaks a rule; none is kept.
        Unanswered: The customers service gave no answer in time.
    """
    if order.customer is None:
        detail = "there is no customer to keep the address for"
        raise NotAcceptable([Fault(f"{at}/keep", "CUSTOMER_MISSING", detail) for at in kept])
    customer_id, site_id = order.customer.customer_id, order.site.site_id
    told = (told_address(address) for address in kept.values())
    addresses = tuple(address for address in told if address is not None)
    answer = await asker.ask(
        CheckAddresses(customer_id=customer_id, site_id=site_id, addresses=addresses)
        if dry_run
        else KeepAddresses(
            errand_id=new_id(), customer_id=customer_id, site_id=site_id, addresses=addresses
        )
    )
    if isinstance(answer, AddressesNotKept):
        raise NotAcceptable(_faults(answer, list(kept)))
    if not isinstance(answer, AddressesFit if dry_run else AddressesKept):
        raise Unanswered(answer.owner())


def _faults(refused: AddressesNotKept, pointers: list[str]) -> list[Fault]:
    """Point into the request; a refusal of the customer is told at each address."""
    code, found = refused.code, list[Fault]()
    for place, at in enumerate(pointers):
        mine = f"/addresses/{place}"
        found += (
            Fault(at + pointer.removeprefix(mine), code, detail)
            for pointer, detail in refused.faults.items()
            if pointer == mine or pointer.startswith(f"{mine}/")
        )
    return found or [Fault(f"{at}/keep", code, refused.detail) for at in pointers]
