"""A payment: money that is expected, set aside, taken, given back or let go.

Authorising comes first; then operations are carried out one after the other, each under its own id.
The gateway is called between two transactions. What it says is taken by ``learn``, that it said
nothing by ``miss``; both may come late, twice or out of order, and then change nothing.
"""

from datetime import timedelta
from uuid import UUID

from contracts.values import Money, PaymentId

from payments.domain.amounts import Amounts
from payments.domain.asked import VOIDED, Asked
from payments.domain.errors import WrongState
from payments.domain.gateway import Action, Finding, Standing
from payments.domain.methods import No
from payments.domain.operations import Kind, Operation, capture_id, void_id
from payments.domain.record import AT_ONCE, AUTHORISING, Order
from payments.domain.states import WHEN_CALLED, WITHOUT_MONEY, State

_NO_MONEY = frozenset({Standing.VOIDED, Standing.DECLINED})


class Payment(Asked):
    """One payment of an order."""

    @classmethod
    def begin(
        cls,
        payment_id: PaymentId,
        order: Order,
        token: str | None,
        refusal: No | None,
        gateway: str | None,
    ) -> "Payment":
        """Make a payment: declined if refused, pending without a gateway, else requested."""
        payment = cls(payment_id, State.REQUESTED, order, gateway, token=token, rest=AT_ONCE)
        if refusal is not None:
            payment.refusal = refusal
            payment.gateway = None
            payment._enter(State.DECLINED)
        elif gateway is None:
            payment.amounts = Amounts(authorised=order.amount.minor)
            payment._enter(State.PENDING)
        return payment

    @classmethod
    def never(cls, payment_id: PaymentId) -> "Payment":
        """Make the mark that refuses an authorisation which arrives after its void."""
        return cls(payment_id, State.VOIDED)

    # -- what is asked

    def concern(self, order: Order) -> None:
        """Say what it would have paid, if its void came first; else nothing changes."""
        if self.order is None:
            self.order = order
            self.version += 1

    def void(self, operation_id: UUID | None = None) -> None:
        """Let go of the money, now or as soon as it is known whether there is any.

        While an outcome is not known it is found out first, under its own key: a void of "nothing"
        could be overtaken by the very call that it should undo. What was asked for and not begun is
        refused. A gateway that refuses leaves the payment as it is; another void needs another id.

        Raises:
            OperationIdReused: The id is that of something else.
        """
        id_ = operation_id or void_id(self.payment_id)
        asked = self._asked_before(id_, Kind.VOID, None) is not None
        if asked or self.state in WITHOUT_MONEY or self.void_asked:
            return
        if self.state is State.REQUESTED or self.gateway is None:
            self._void_here(id_)
            return
        running = self.step if self.calls else None
        for one in [one for one in self.operations.values() if one.open]:
            if one != running:
                self._end(one.refused(VOIDED))
        self._note(Operation(id_, Kind.VOID, self.amounts.held))
        if self.action is not None:
            self.calls = 0
        if running is None or self.trouble is not None or self.action is not None:
            self.rest = AT_ONCE

    def capture(self, operation_id: UUID | None = None, amount: Money | None = None) -> Operation:
        """Take a part of the money that is set aside, or all that is left of it.

        Returns:
            The operation; refused when the money is not there to be taken.

        Raises:
            WrongState: It is not known yet whether money is set aside.
            OperationIdReused: The id is that of something else.
        """
        id_ = operation_id or capture_id(self.payment_id)
        if (before := self._asked_before(id_, Kind.CAPTURE, amount)) is not None:
            return before
        if self.state in AUTHORISING or self.action is not None:
            raise WrongState(self.payment_id, self.state, asked="captured")
        left = self.amounts.open - self.asked_for(Kind.CAPTURE)
        wanted = left if amount is None else amount.minor
        no = self._voided() or self._misfit(amount)
        if no is None and amount is None and left == 0:
            return self._end(Operation(id_, Kind.CAPTURE, 0).done())
        if no is None and not 0 < wanted <= left:
            detail = f"{left} minor units are set aside and not taken"
            no = No("AMOUNT_EXCEEDS_AUTHORISED", detail)
        return self._ask(Operation(id_, Kind.CAPTURE, max(wanted, 0)), no)

    def refund(self, operation_id: UUID, amount: Money, reason: str) -> Operation:
        """Give back a part of what was taken; refused when so much was not taken.

        Raises:
            OperationIdReused: The id is that of something else.
        """
        if (before := self._asked_before(operation_id, Kind.REFUND, amount)) is not None:
            return before
        left = self.amounts.refundable - self.asked_for(Kind.REFUND)
        no = self._misfit(amount)
        if no is None and amount.minor > left:
            code = "AMOUNT_EXCEEDS_CAPTURED" if self.amounts.captured else "PAYMENT_NOT_CAPTURED"
            no = No(code, f"{left} minor units were taken and not given back")
        if no is None and self.void_asked:
            no = VOIDED
        return self._ask(Operation(operation_id, Kind.REFUND, amount.minor, reason=reason), no)

    # -- what the gateway says

    def call(self) -> None:
        """Note that the gateway is about to be called. Storage does the same in one statement."""
        self.state = WHEN_CALLED.get(self.state, self.state)
        self.calls += 1

    def would_settle(self, finding: Finding) -> bool:
        """Tell whether what the gateway says makes a call needless."""
        step = self.step
        if step is None or step.kind is Kind.AUTHORISE:
            return step is None or finding.standing is not Standing.NOT_FOUND
        return self._outcome(step, finding) is not None

    def learn(self, step_id: UUID, finding: Finding, rest: timedelta) -> bool:
        """Take what the gateway said while the step was asked.

        Returns:
            Whether that step needs no other call because of this answer. If not, it is to be asked
            again; while the customer has to act it is, after ``rest``.
        """
        step = self.step
        if step is None or step.id != step_id:
            return True
        self.reference = finding.reference or self.reference
        if step.kind is Kind.AUTHORISE:
            return self._learn_authorised(finding, rest)
        ended = self._outcome(step, finding)
        if ended is None:
            return False
        before = self.state, self.amounts
        self.amounts = self.amounts.heard(finding.captured, finding.refunded, finding.voided)
        if finding.standing in _NO_MONEY:
            self.amounts = self.amounts.let_go()
        self._end(ended)
        self._stand(before)
        return True

    def miss(self, step_id: UUID, trouble: str, rest: timedelta) -> None:
        """Note that the gateway's answer is not known; it is called again after ``rest``."""
        step = self.step
        if step is None or step.id != step_id:
            return
        self.trouble, self.rest = trouble, rest
        if self.state is State.CALLING:
            self.state = State.UNKNOWN
            self.version += 1

    def nudge(self) -> None:
        """Have the gateway asked at once: it said that something has changed there."""
        if self.step is not None and (self.action is not None or self.trouble is not None):
            self.rest = AT_ONCE

    # -- how

    def _void_here(self, id_: UUID) -> None:
        held = self.amounts.held
        before = self.state, self.amounts
        self.amounts = self.amounts.let_go()
        self._end(Operation(id_, Kind.VOID, held).done())
        if self.state is State.REQUESTED:
            self._enter(State.VOIDED)
        else:
            self._stand(before)

    def _learn_authorised(self, finding: Finding, rest: timedelta) -> bool:
        match finding.standing:
            case Standing.NOT_FOUND:
                return False
            case Standing.REQUIRES_ACTION:
                self._await_action(finding.action or Action(), rest)
                return True
            case Standing.DECLINED:
                self.refusal = No("PAYMENT_DECLINED", finding.reason or "the gateway declined it")
                self._enter(State.DECLINED)
            case Standing.VOIDED:
                self._enter(State.VOIDED)
            case Standing.AUTHORISED:
                minor = self.order.amount.minor if self.order else 0
                self.amounts = Amounts(minor)
                self._enter(State.AUTHORISED, tell=not self.void_asked)
        self._note(self._authorisation())
        if self.state in WITHOUT_MONEY and (void := self.void_under_way) is not None:
            self._end(void.done(0))
        return True

    def _authorisation(self) -> Operation:
        """Give the authorisation as it ended."""
        minor = self.order.amount.minor if self.order else 0
        asked = Operation(self.payment_id, Kind.AUTHORISE, minor)
        return asked.refused(self.refusal) if self.refusal else asked.done()

    def _await_action(self, action: Action, rest: timedelta) -> None:
        if self.action is None:
            self._enter(State.PENDING, tell=not self.void_asked)
        self.action = action
        self.trouble = None
        self.rest = AT_ONCE if self.void_asked else rest

    def _outcome(self, step: Operation, finding: Finding) -> Operation | None:
        """Give how the gateway's answer ends a step; none when it does not."""
        if step.kind is Kind.VOID:
            if finding.standing in _NO_MONEY:
                return step.done(self.amounts.held)
            return None if finding.refused is None else step.refused(finding.refused)
        if step.id in finding.done:
            return step.done()
        if finding.refused is not None:
            return step.refused(finding.refused)
        if finding.standing in _NO_MONEY:
            return step.refused(VOIDED)
        return None
