"""What gateways tell by themselves; signed by them, not by one of our tokens."""

from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Any

from chassis.problems import Problem, not_found
from contracts.values import PaymentId
from fastapi import APIRouter, Depends, Header, Request, Response
from messaging.outbox import Cause, Outbox
from pydantic import BaseModel, TypeAdapter, ValidationError

from payments.api.access import PREFIX
from payments.domain.methods import GatewayName
from payments.handlers.unit_of_work import UnitOfWork
from payments.handlers.webhooks import hear

router = APIRouter(prefix=f"{PREFIX}/webhooks", tags=["webhooks"])


class _Data(BaseModel):
    object: dict[str, Any]


class _Event(BaseModel):
    """What we read of an event; Stripe says more."""

    id: str
    type: str
    data: _Data


_event = TypeAdapter(_Event)
_payment_id = TypeAdapter[PaymentId](PaymentId)


async def _unsigned(request: Request) -> AsyncIterator[UnitOfWork]:
    """Run the request in one transaction; who asks is decided by the signature."""
    runtime = request.app.state.runtime
    outbox = Outbox(runtime.service.name, runtime.service.tables.outbox, Cause())
    async with runtime.databases.work.begin() as session:
        yield runtime.service.unit_of_work(session, outbox)
        await outbox.write(session)
    runtime.relay.wake.set()


@router.post("/stripe", status_code=204, response_class=Response)
async def post_stripe(
    request: Request,
    uow: Annotated[UnitOfWork, Depends(_unsigned, scope="function")],
    stripe_signature: Annotated[str | None, Header()] = None,
) -> None:
    """Take an event of Stripe's: what it is about is looked up at once; a copy changes nothing."""
    secret = request.app.state.stripe_webhook_secret
    if secret is None:
        raise not_found("webhook")
    event = _verified(await request.body(), stripe_signature or "", secret.get_secret_value())
    about = event.data.object
    is_intent = about.get("object") == "payment_intent"
    await hear(
        GatewayName.STRIPE.value,
        (event.id, event.type),
        uow,
        payment_id=_our_id(about),
        reference=_text(about.get("id" if is_intent else "payment_intent")),
    )


def _verified(payload: bytes, signature: str, secret: str) -> _Event:
    """Give the event, if Stripe signed it within the last five minutes.

    Raises:
        Problem: 400 ``SIGNATURE_INVALID``, or ``EVENT_INVALID``.
    """
    import stripe  # noqa: PLC0415 - it is large, and loaded where it is used

    try:
        event = stripe.Webhook.construct_event(payload, signature, secret)
    except stripe.SignatureVerificationError as error:
        raise Problem(400, "SIGNATURE_INVALID", "Stripe did not sign this, or long ago") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Problem(400, "EVENT_INVALID", "this is no event of Stripe's") from error
    try:
        return _event.validate_python(event.to_dict())
    except ValidationError as error:
        raise Problem(400, "EVENT_INVALID", "this is no event of Stripe's") from error


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _our_id(about: Mapping[str, Any]) -> PaymentId | None:
    try:
        return _payment_id.validate_python(about["metadata"]["payment_id"])
    except (ValidationError, LookupError, TypeError):
        return None
