"""How a draft holds its stock while staff build it (IN-11), and lets go of it."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from contracts.catalog.commands import HoldStock, ReleaseStock, ReservationLine
from contracts.catalog.replies import HeldLine, StockHeld, StockRefused
from contracts.message import Reply
from contracts.orders.commands import NoteHold, OrderRefusal
from contracts.values import OrderId, SiteId, SubmissionId
from messaging.saga.definition import Ending, Refused, saga
from pydantic import BaseModel, ConfigDict


class HoldData(BaseModel):
    """What is to be held, and what then was."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    order_id: OrderId
    site_id: SiteId
    hold_id: UUID
    sequence: int
    lines: tuple[ReservationLine, ...]
    expires_at: datetime
    held: tuple[HeldLine, ...] = ()


def hold_stock(hold: HoldData) -> Iterator[HoldStock]:
    yield HoldStock(
        hold_id=hold.hold_id,
        order_id=hold.order_id,
        site_id=hold.site_id,
        sequence=hold.sequence,
        lines=hold.lines,
        expires_at=hold.expires_at,
    )


def note_held(hold: HoldData, reply: Reply) -> HoldData:
    """Keep what the catalog holds."""
    return hold.model_copy(update={"held": reply.lines}) if isinstance(reply, StockHeld) else hold


def note_hold(hold: HoldData) -> Iterator[NoteHold]:
    yield NoteHold(
        order_id=hold.order_id,
        hold_id=hold.hold_id,
        sequence=hold.sequence,
        expires_at=hold.expires_at,
        lines=hold.held,
    )


def note_refusal(hold: HoldData, ending: Ending) -> Iterator[NoteHold]:
    yield NoteHold(
        order_id=hold.order_id,
        hold_id=hold.hold_id,
        sequence=hold.sequence,
        expires_at=hold.expires_at,
        refusals=tuple(_reason(refused) for refused in ending.refusals),
    )


def _reason(refused: Refused) -> OrderRefusal:
    detail = refused.detail
    if isinstance(refused.reply, StockRefused) and refused.reply.shortages:
        short = (f"{s.sku}: {s.wanted} wanted, {s.available} left" for s in refused.reply.shortages)
        detail = "; ".join(short)
    return OrderRefusal(step=refused.step, code=refused.code, detail=detail)


HOLD_STOCK = (
    saga("orders.hold-stock", HoldData, note=note_held)
    .if_refused("note why nothing is held", note_refusal)
    .step("hold stock", hold_stock)
    .step("note the hold", note_hold)
)


class ReleaseData(BaseModel):
    """Which hold is let go of."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    hold_id: UUID


def release_stock(hold: ReleaseData) -> Iterator[ReleaseStock]:
    yield ReleaseStock(submission_id=SubmissionId(hold.hold_id))


RELEASE_HOLD = (
    saga("orders.release-hold", ReleaseData).only_forward().step("release stock", release_stock)
)
