"""Refusals as a saga keeps them in its row, and as its last act reads them."""

from contracts.message import Refusal, Reply

from messaging.registry import message_class
from messaging.saga.definition import Ending, Refused
from messaging.saga.state import NotedRefusal, State


def noted(step: str, reply: Refusal) -> NotedRefusal:
    """Write a refusal as it is kept."""
    return NotedRefusal(
        step=step,
        code=reply.code,
        detail=reply.detail,
        reply_type=reply.type,
        reply=reply.model_dump(mode="json"),
    )


def ending(state: State) -> Ending:
    """Say why a saga is taken back."""
    refusals = tuple(
        Refused(kept.step, kept.code, kept.detail, _reply_of(kept)) for kept in state.refusals
    )
    return Ending(refusals, state.cancelled)


def _reply_of(kept: NotedRefusal) -> Reply | None:
    cls = message_class(kept.reply_type) if kept.reply_type else None
    if cls is None or not issubclass(cls, Reply):
        return None
    return cls.model_validate(kept.reply)
