"""What is kept of a payment, and how it comes from one state into another."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from contracts.values import CustomerId, Money, OrderId, PaymentId, SiteId

from payments.domain.amounts import Amounts
from payments.domain.errors import WrongState
from payments.domain.gateway import Action
from payments.domain.methods import OFFLINE, No
from payments.domain.operations import Kind, Operation
from payments.domain.states import ORIGINS, TOLD, State
from payments.domain.waiting import Waiting

AT_ONCE = timedelta(0)
AUTHORISING = frozenset({State.REQUESTED, State.CALLING, State.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Order:
    """What was to be paid, and how.

    Attributes:
        method: Code of the method; of a refused payment perhaps none that there is.
        terms: Purchase order number and the like.
        net_days: Within how many days a purchase order is to be paid.
    """

    order_id: OrderId
    site_id: SiteId
    method: str
    amount: Money
    terms: dict[str, str] | None = None
    customer_id: CustomerId | None = None
    net_days: int | None = None


@dataclass(eq=False)
class Record:
    """One payment of an order.

    Attributes:
        order: What was to be paid; none when its void came before its authorisation.
        gateway: Which gateway is asked; none for money that comes from outside.
        version: Number of changes that everyone was told of.
        token: The gateway's token; forgotten once the outcome is known.
        refusal: Why it was declined.
        calls: How often the gateway was called for the present step.
        reference: The gateway's own name of it.
        trouble: Why the gateway's last answer is not known.
        action: What the customer has to do first.
        operations: Everything that was asked for, in that order.
        log: What was asked for, and what came to its end, since the payment was loaded.
        rest: How long from now until the gateway is to be called; none leaves that as it is.
        since: When it was asked for; storage sets it.
    """

    payment_id: PaymentId
    state: State
    order: Order | None = None
    gateway: str | None = None
    version: int = 0
    token: str | None = None
    refusal: No | None = None
    calls: int = 0
    reference: str | None = None
    trouble: str | None = None
    action: Action | None = None
    amounts: Amounts = field(default_factory=Amounts)
    operations: dict[UUID, Operation] = field(default_factory=dict[UUID, Operation])
    log: list[Operation] = field(default_factory=list[Operation])
    waiting: list[Waiting] = field(default_factory=list[Waiting])
    rest: timedelta | None = None
    since: datetime | None = None

    @property
    def offline(self) -> bool:
        """Tell whether the money comes outside of this system."""
        return self.order is not None and self.order.method in OFFLINE

    @property
    def claim(self) -> int:
        """Give the most that it holds, or will once the gateway has answered; minor units."""
        if self.state in AUTHORISING or self.action is not None:
            return self.order.amount.minor if self.order else 0
        return self.amounts.held

    @property
    def void_asked(self) -> bool:
        """Tell whether it is to be voided as soon as what runs has come to its end."""
        return self.void_under_way is not None

    @property
    def void_under_way(self) -> Operation | None:
        """Give the void whose outcome is not known; there is one at a time."""
        voids = (one for one in self.operations.values() if one.kind is Kind.VOID and one.open)
        return next(voids, None)

    @property
    def step(self) -> Operation | None:
        """Give what is to be done at the gateway now."""
        if self.state in AUTHORISING or (self.action is not None and not self.void_asked):
            amount = self.order.amount.minor if self.order else 0
            return Operation(self.payment_id, Kind.AUTHORISE, amount)
        return next((one for one in self.operations.values() if one.open), None)

    def _end(self, operation: Operation) -> Operation:
        was_step = self.step is not None and self.step.id == operation.id
        self._note(operation)
        if was_step:
            self.calls, self.trouble, self.rest = 0, None, AT_ONCE
        return operation

    def _note(self, operation: Operation) -> None:
        self.operations[operation.id] = operation
        self.log.append(operation)

    def _stand(self, before: tuple[State, Amounts]) -> None:
        """Come into the state that the amounts make; told when that or they changed."""
        if (self._standing(), self.amounts) != before:
            self._enter(self._standing())

    def _standing(self) -> State:
        sums = self.amounts
        if sums.refunded:
            all_back = sums.refunded == sums.captured and not sums.open
            return State.REFUNDED if all_back else State.PARTLY_REFUNDED
        if sums.captured:
            return State.PARTLY_CAPTURED if sums.open else State.CAPTURED
        if sums.open:
            return State.PENDING if self.gateway is None else State.AUTHORISED
        return State.VOIDED

    def _enter(self, state: State, *, tell: bool = True) -> None:
        if self.state not in ORIGINS[state]:
            raise WrongState(self.payment_id, self.state, asked=state)
        self.state = state
        self.calls, self.trouble, self.rest = 0, None, AT_ONCE
        if state in TOLD and tell:
            self.version += 1
        self.token, self.action = None, None
