"""Operations on money that were refused: for good, so that a new attempt has another id (PA-7).

While the outcome of an operation is not known it keeps its id, whoever asks for it again.
"""

from typing import TypeVar
from uuid import UUID

from contracts.message import Reply
from contracts.payments.commands import CapturePayment, VoidPayment
from contracts.payments.replies import VoidRefused
from contracts.values import PaymentId, derived_id
from pydantic import BaseModel, ConfigDict


class Voiding(BaseModel):
    """What a saga that voids payments keeps of that.

    Attributes:
        refused_voids: The payments whose voids were refused, each as often as that happened.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    refused_voids: tuple[PaymentId, ...] = ()

    def void(self, payment_id: PaymentId, process_id: UUID) -> VoidPayment:
        """Write the void of a payment: after a refusal under an id of this process's."""
        attempt = self.refused_voids.count(payment_id)
        anew = derived_id(process_id, "void", payment_id, attempt) if attempt else None
        return VoidPayment(payment_id=payment_id, operation_id=anew)


V = TypeVar("V", bound=Voiding)


def note_refused_void(data: V, reply: Reply) -> V:
    """Keep which void was refused; what is asked next goes by another id."""
    if not isinstance(reply, VoidRefused):
        return data
    return data.model_copy(update={"refused_voids": (*data.refused_voids, reply.payment_id)})


def capture(payment_id: PaymentId, times: int) -> CapturePayment:
    """Write the capture of all that is left, for the n-th time under an id of its own."""
    anew = derived_id(payment_id, "capture", times) if times else None
    return CapturePayment(payment_id=payment_id, operation_id=anew)
