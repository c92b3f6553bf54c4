"""A payment: money that is expected, set aside, taken or let go, once.

    requested -> calling -> authorised -> capturing -> captured
                         -> declined
                         -> unknown -> authorised | declined
    pending                                 (an offline payment: no gateway is asked)
    all but declined -> voiding -> voided

The gateway is called between two transactions. What it says is taken by ``learn``, that it said
nothing by ``miss``; both may come late, twice or out of order, and then change nothing.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from contracts.values import Money, OrderId, PaymentId, SiteId

from payments.domain.errors import WrongState
from payments.domain.gateway import Finding, Standing
from payments.domain.methods import Method, No

AT_ONCE = timedelta(0)


class State(StrEnum):
    """Where a payment stands, as far as this service knows."""

    PENDING = "pending"
    REQUESTED = "requested"
    CALLING = "calling"
    UNKNOWN = "unknown"
    AUTHORISED = "authorised"
    DECLINED = "declined"
    CAPTURING = "capturing"
    CAPTURED = "captured"
    VOIDING = "voiding"
    VOIDED = "voided"


class Operation(StrEnum):
    """What the gateway is asked to do next."""

    AUTHORISE = "authorise"
    CAPTURE = "capture"
    VOID = "void"


OPERATIONS = {
    State.REQUESTED: Operation.AUTHORISE,
    State.CALLING: Operation.AUTHORISE,
    State.UNKNOWN: Operation.AUTHORISE,
    State.CAPTURING: Operation.CAPTURE,
    State.VOIDING: Operation.VOID,
}
"""The states in which something is left to do at the gateway."""

TOLD = {
    State.PENDING,
    State.AUTHORISED,
    State.CAPTURED,
    State.VOIDED,
    State.DECLINED,
    State.UNKNOWN,
}
"""The states that everyone is told of; the others are on the way to one."""


class Asking(StrEnum):
    """Which command waits for its answer."""

    AUTHORISE = "authorise"
    CAPTURE = "capture"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A command that will be answered once the gateway's answer is known.

    Attributes:
        reply_to: Where the answer goes.
        staff_id: On whose behalf it was asked.
        traceparent: W3C trace context of the asking.
    """

    asking: Asking
    command_id: str
    correlation_id: str
    reply_to: str
    staff_id: str | None = None
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """What was to be paid, and how.

    Attributes:
        method: Code of the method; of a refused payment perhaps none that there is.
        terms: Purchase order number and the like.
    """

    order_id: OrderId
    site_id: SiteId
    method: str
    amount: Money
    terms: dict[str, str] | None = None


@dataclass(eq=False)
class Payment:
    """One payment of an order.

    Attributes:
        order: What was to be paid; none when its void came before its authorisation.
        version: Number of changes that everyone was told of.
        token: The gateway's token; forgotten once the outcome is known.
        refusal: Why it was declined.
        void_asked: It is to be voided as soon as the running authorisation's outcome is known.
        calls: How often the gateway was called for the present operation.
        reference: The gateway's own name of it.
        trouble: Why the gateway's last answer is not known.
        rest: How long from now until the gateway is to be called; none leaves that as it is.
    """

    payment_id: PaymentId
    state: State
    order: Order | None = None
    version: int = 0
    token: str | None = None
    refusal: No | None = None
    void_asked: bool = False
    calls: int = 0
    reference: str | None = None
    trouble: str | None = None
    waiting: list[Waiting] = field(default_factory=list[Waiting])
    rest: timedelta | None = None

    @classmethod
    def begin(
        cls, payment_id: PaymentId, order: Order, token: str | None, refusal: No | None
    ) -> "Payment":
        """Make a payment: declined if refused, pending if offline, else requested."""
        payment = cls(payment_id, State.REQUESTED, order, token=token, rest=AT_ONCE)
        if refusal is not None:
            payment.refusal = refusal
            payment._enter(State.DECLINED)
        elif Method(order.method).offline:
            payment._enter(State.PENDING)
        return payment

    @classmethod
    def never(cls, payment_id: PaymentId) -> "Payment":
        """Make the mark that refuses an authorisation which arrives after its void."""
        return cls(payment_id, State.VOIDED)

    @property
    def operation(self) -> Operation | None:
        """Give what is left to do at the gateway."""
        return OPERATIONS.get(self.state)

    def concern(self, order: Order) -> None:
        """Say what it would have paid, if its void came first; else nothing changes."""
        if self.order is None:
            self.order = order
            self.version += 1

    def void(self) -> None:
        """Let go of the money, now or as soon as it is known whether there is any.

        While an authorisation's outcome is not known it is found out first, under its own key: a
        void of "nothing" could be overtaken by the very call that it should undo.
        """
        match self.state:
            case State.PENDING | State.REQUESTED:
                self._enter(State.VOIDED)
            case State.CALLING:
                self.void_asked = True
            case State.UNKNOWN:
                self.void_asked, self.rest = True, AT_ONCE
            case State.AUTHORISED | State.CAPTURING | State.CAPTURED:
                self._enter(State.VOIDING)
            case State.VOIDING | State.VOIDED | State.DECLINED:
                pass

    def capture(self) -> None:
        """Take the money that is set aside; an offline payment stays pending.

        Raises:
            WrongState: No money is set aside, or not yet.
        """
        match self.state:
            case State.AUTHORISED:
                self._enter(State.CAPTURING)
            case State.PENDING | State.CAPTURING | State.CAPTURED:
                pass
            case _:
                raise WrongState(self.payment_id, self.state, asked="captured")

    def call(self) -> None:
        """Note that the gateway is about to be called. Storage does the same in one statement."""
        self.state = WHEN_CALLED.get(self.state, self.state)
        self.calls += 1

    def would_settle(self, finding: Finding) -> bool:
        """Tell whether what the gateway says makes a call needless."""
        operation = self.operation
        return operation is None or finding.standing in REACHED[operation]

    def learn(self, operation: Operation, finding: Finding) -> bool:
        """Take what the gateway said while ``operation`` was asked.

        Returns:
            Whether that operation is settled. If not, it is to be asked (again).
        """
        if operation is not self.operation:
            return True
        self.reference = finding.reference or self.reference
        reached = REACHED[operation].get(finding.standing)
        if reached is None:
            return False
        if reached is State.DECLINED:
            self.refusal = No("PAYMENT_DECLINED", finding.reason or "the gateway declined it")
        if reached is State.AUTHORISED and self.void_asked:
            reached = State.VOIDING
        self._enter(reached)
        return True

    def miss(self, operation: Operation, trouble: str, rest: timedelta) -> None:
        """Note that the gateway's answer is not known; it is called again after ``rest``."""
        if operation is not self.operation:
            return
        self.trouble, self.rest = trouble, rest
        if self.state is State.CALLING:
            self.state = State.UNKNOWN
            self.version += 1

    def _enter(self, state: State) -> None:
        self.state = state
        self.calls, self.trouble, self.rest = 0, None, AT_ONCE
        if state in TOLD:
            self.version += 1
        self.token = None
        self.void_asked = False


WHEN_CALLED = {State.REQUESTED: State.CALLING}
"""The states that change because the gateway is being called."""

REACHED: dict[Operation, dict[Standing, State]] = {
    Operation.AUTHORISE: {
        Standing.AUTHORISED: State.AUTHORISED,
        Standing.CAPTURED: State.AUTHORISED,
        Standing.DECLINED: State.DECLINED,
        Standing.VOIDED: State.VOIDED,
    },
    Operation.CAPTURE: {Standing.CAPTURED: State.CAPTURED, Standing.VOIDED: State.VOIDED},
    Operation.VOID: {Standing.VOIDED: State.VOIDED, Standing.DECLINED: State.VOIDED},
}
"""Where a payment comes by what the gateway says; what is not listed settles nothing."""
