"""What every operation on a payment has in common, and those on money that comes from outside."""

from uuid import UUID

from contracts.values import Money

from payments.domain.errors import OperationIdReused
from payments.domain.methods import No
from payments.domain.operations import Kind, Operation, paid_back_id
from payments.domain.record import AT_ONCE, Record
from payments.domain.states import WITHOUT_MONEY, State

VOIDED = No("PAYMENT_VOIDED", "the payment was voided")


class Asked(Record):
    """A payment of which operations are asked, each once."""

    # -- money from outside

    def receive(self, operation_id: UUID, amount: Money | None, reason: str | None) -> Operation:
        """Note that money came from outside; refused when it is more than is expected.

        Raises:
            OperationIdReused: The id is that of something else.
        """
        if (before := self._asked_before(operation_id, Kind.CAPTURE, amount)) is not None:
            return before
        wanted = self.amounts.open if amount is None else amount.minor
        no = self._misfit(amount) or self._voided()
        if no is None and not 0 < wanted <= self.amounts.open:
            no = No("AMOUNT_EXCEEDS_EXPECTED", f"{self.amounts.open} minor units are expected")
        return self._ask(Operation(operation_id, Kind.CAPTURE, wanted, reason=reason), no)

    def lower(self, operation_id: UUID, amount: Money, reason: str) -> Operation:
        """Expect less from outside: what has not come is let go of first, the rest is paid back.

        Raises:
            OperationIdReused: The id is that of something else.
        """
        if (before := self._asked_before(operation_id, Kind.LOWER, amount)) is not None:
            return before
        sums = self.amounts
        no = self._misfit(amount) or self._voided()
        if no is None and self.gateway is not None:
            no = No("HELD_BY_GATEWAY", "a gateway holds its money: capture less of it, or refund")
        if no is None and amount.minor > sums.held:
            no = No("AMOUNT_EXCEEDS_EXPECTED", f"{sums.held} minor units are expected or have come")
        operation = Operation(operation_id, Kind.LOWER, amount.minor, reason=reason)
        if no is not None:
            return self._end(operation.refused(no))
        before_it = self.state, sums
        less = min(amount.minor, sums.open)
        back = amount.minor - less
        self.amounts = sums.lower(less).give_back(back)
        done = self._end(operation.done())
        if back:
            id_ = paid_back_id(operation_id)
            self._end(Operation(id_, Kind.REFUND, back, reason=reason).done())
        self._stand(before_it)
        return done

    def asked_for(self, kind: Kind) -> int:
        """Give what operations of a kind that have not ended come to, in minor units."""
        ops = self.operations.values()
        return sum(one.amount for one in ops if one.open and one.kind is kind)

    # -- how

    def _ask(self, operation: Operation, no: No | None) -> Operation:
        if no is not None:
            self._end(operation.refused(no))
        elif self.gateway is None:
            before = self.state, self.amounts
            taken = operation.kind is Kind.CAPTURE
            move = self.amounts.take if taken else self.amounts.give_back
            self.amounts = move(operation.amount)
            self._end(operation.done())
            self._stand(before)
        else:
            idle = self.step is None
            self._note(operation)
            if idle:
                self.calls, self.trouble, self.rest = 0, None, AT_ONCE
        return self.operations[operation.id]

    def _asked_before(self, id_: UUID, kind: Kind, amount: Money | None) -> Operation | None:
        before = self.operations.get(id_)
        if before is None:
            return None
        if not before.same_as(kind, None if amount is None else amount.minor):
            raise OperationIdReused(self.payment_id, id_)
        return before

    def _misfit(self, amount: Money | None) -> No | None:
        if amount is None or self.order is None:
            return None
        if amount.currency != self.order.amount.currency:
            detail = f"the payment is in {self.order.amount.currency}, not {amount.currency}"
            return No("CURRENCY_MISMATCH", detail)
        if amount.minor <= 0:
            return No("AMOUNT_OUT_OF_RANGE", "the amount must be more than nothing")
        return None

    def _voided(self) -> No | None:
        if self.state is State.DECLINED:
            return No("PAYMENT_NOT_AUTHORISED", "the payment was declined")
        return VOIDED if self.state in WITHOUT_MONEY or self.void_asked else None
