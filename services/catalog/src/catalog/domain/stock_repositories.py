"""What the rules of stock need kept; storage keeps it."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol
from uuid import UUID

from contracts.values import OrderId, SiteId, Sku, SubmissionId

from catalog.domain.availability import Availability
from catalog.domain.receipts import Receipt
from catalog.domain.returns import Owned, Returned, ReturnRefusal, Taken
from catalog.domain.shelves import Cause, Changed, Changes, Level, ShelfKey
from catalog.domain.sourcing import Hold
from catalog.domain.stock import (
    Arrived,
    Claim,
    Claimed,
    Ended,
    HoldRequest,
    KeptHold,
    Needed,
    OrderStock,
    Outcome,
    Refusal,
    State,
)
from catalog.domain.stock_policy import KeptPolicy, ProductPolicy


class StockRepository(Protocol):
    """What can be promised, and what submissions and drafts hold of it."""

    async def availability(
        self, site_id: SiteId, skus: Collection[Sku], *, beside: SubmissionId | None = None
    ) -> Mapping[Sku, Availability]:
        """Tell what a site can promise of products; of an unknown product or site: nothing.

        Args:
            site_id: Whose locations and policy count.
            skus: Any number.
            beside: A draft's hold that holds something; its units count as free.
        """
        ...

    async def claim(self, claim: Claim, skus: Collection[Sku]) -> Claimed | None:
        """Begin the submission's reservation.

        Returns:
            The site's shelves of these products, locked until the transaction ends, with what lies
            there now; none when the submission's outcome was recorded before.
        """
        ...

    async def claim_only(self, claim: Claim) -> bool:
        """Begin the submission's reservation; false when its outcome was recorded before."""
        ...

    async def lock(self, needed: Needed) -> None:
        """Lock reservations in order of id, and then shelves in order of (SKU, location)."""
        ...

    async def hold(self, submission_id: SubmissionId, holds: Collection[Hold]) -> None:
        """Move every hold of a claimed submission from available to reserved or pending.

        Raises:
            StockMiscounted: A shelf had less than the plan says.
        """
        ...

    async def refuse(self, submission_id: SubmissionId, refusal: Refusal) -> None:
        """Record that a claimed submission holds nothing, and why."""
        ...

    async def outcome(self, submission_id: SubmissionId) -> Outcome | None:
        """Give what became of a submission's reservation, or of its early release."""
        ...

    async def lines(self, submission_id: SubmissionId) -> tuple[Hold, ...]:
        """Give what is held, or was allocated, in order of SKU and location."""
        ...

    async def of_order(self, order_id: OrderId) -> Sequence[OrderStock]:
        """Give what an order has now over all its reservations, by SKU and code of the location."""
        ...

    async def end(self, submission_id: SubmissionId, state: State) -> Ended:
        """Release or allocate what a submission holds."""
        ...

    async def bar(self, submission_id: SubmissionId) -> bool:
        """Refuse the reservation should it still arrive.

        Returns:
            False when it has arrived by now and holds stock, or is allocated.
        """
        ...

    async def open_hold(self, request: HoldRequest) -> KeptHold:
        """Give a draft's hold, locked until the transaction ends; made when there is none."""
        ...

    async def lock_hold(self, hold_id: SubmissionId) -> KeptHold | None:
        """Give a draft's hold, locked until the transaction ends."""
        ...

    async def lock_shelves(
        self, site_id: SiteId, skus: Collection[Sku], hold_id: SubmissionId
    ) -> None:
        """Lock the site's shelves of these products, and those of a locked hold."""
        ...

    async def replace(self, hold_id: SubmissionId, holds: Collection[Hold]) -> Ended:
        """Let a hold whose shelves are locked hold this, and nothing else."""
        ...

    async def keep_hold(self, request: HoldRequest, kept: KeptHold) -> None:
        """Keep the new state of a locked hold."""
        ...

    async def consume(
        self, hold_id: SubmissionId, submission_id: SubmissionId, holds: Collection[Hold]
    ) -> Ended:
        """Let a claimed submission hold this, in place of what the draft's locked hold has."""
        ...

    async def end_holds(self, hold_ids: Collection[SubmissionId], state: State) -> Ended:
        """Give back what these locked holds have."""
        ...

    async def expiring(self, at_most: int) -> Sequence[SubmissionId]:
        """Lock holds whose time is over, those that nobody else has locked."""
        ...


class StockReturnRepository(Protocol):
    """What orders have of the stock, and what they gave back."""

    async def claim(self, return_id: UUID, order_id: OrderId) -> bool:
        """Begin a return; false when its outcome was recorded before."""
        ...

    async def outcome(self, return_id: UUID) -> Returned | ReturnRefusal:
        """Give what was recorded of a return."""
        ...

    async def reservations(self, order_id: OrderId) -> Mapping[SubmissionId, State]:
        """Give the order's reservations that are held or allocated; these and their shelves locked.

        In order of id; an order's holds as a draft are left out.
        """
        ...

    async def owned(self, submission_ids: Collection[SubmissionId]) -> Sequence[Owned]:
        """Give what allocated reservations have or had, locked, the latest promise first."""
        ...

    async def give_back(self, taken: Collection[Taken]) -> Sequence[Arrived]:
        """Take these units off their lines and shelves; gives what others were waiting for.

        Raises:
            StockMiscounted: A line or shelf had less.
        """
        ...

    async def conclude(self, return_id: UUID, outcome: Returned | ReturnRefusal) -> None:
        """Record what became of a claimed return."""
        ...


class ShelfRepository(Protocol):
    """The ledger itself: one shelf per product and location."""

    async def locked(self, keys: Collection[ShelfKey]) -> dict[ShelfKey, Level]:
        """Give what stands on these shelves, as far as there are any; locked."""
        ...

    async def open(self, keys: Collection[ShelfKey]) -> set[ShelfKey]:
        """Make empty shelves where there are none; gives those made."""
        ...

    async def change(self, cause: Cause, changes: Changes) -> Changed:
        """Change locked shelves, note the movements, and serve who waits for goods there."""
        ...


class ReceiptRepository(Protocol):
    """Receipts with their lines."""

    async def locked(self, receipt_id: UUID) -> Receipt | None:
        """Give a receipt, locked until the transaction ends."""
        ...

    async def add(self, receipt: Receipt) -> None:
        """Keep a new receipt."""
        ...

    async def keep(self, receipt: Receipt) -> None:
        """Keep the receipt's new state."""
        ...


class StockPolicyRepository(Protocol):
    """What sites promise beyond the goods on hand."""

    async def locked(self, site_id: SiteId) -> KeptPolicy:
        """Give a site's policy, locked until the transaction ends; the default of version 0."""
        ...

    async def keep(self, site_id: SiteId, kept: KeptPolicy) -> None:
        """Keep the site's new policy."""
        ...

    async def keep_product(self, site_id: SiteId, sku: Sku, policy: ProductPolicy | None) -> bool:
        """Keep what the site decides for one product, or nothing; tells whether there was one."""
        ...
