"""Whatever the network does, a link's mail is written once, or nobody can use the link.

Staff take the order back, or hand it over anew, at any moment.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from contracts.customers.commands import MailCustomer
from contracts.customers.replies import CustomerMailed, MailRefused
from contracts.message import Command, Reply
from contracts.orders.commands import NoteHandOver
from contracts.orders.replies import HandOverIsNoted
from contracts.values import StaffId
from hypothesis import settings
from hypothesis.stateful import initialize, invariant, precondition, rule
from messaging.saga.state import Status
from messaging.saga.testing import DrivenSaga, run
from orders.domain.hand_overs import Kind, Link
from orders.domain.parts import Refused
from orders.sagas.hand_over import HAND_OVER, HandOverData
from typing_extensions import override

from services.orders.tests.sagas.builders import CUSTOMER, ORDER, SITE
from services.orders.tests.sagas.network import Network
from services.orders.tests.sagas.promises import Books

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class HandOverBooks(Books):
    """Links as orders keeps them, and mails as customers writes them."""

    links: dict[UUID, Link] = field(default_factory=dict[UUID, Link])
    mails: dict[UUID, str] = field(default_factory=dict[UUID, str])
    revoked: set[UUID] = field(default_factory=set[UUID])

    @override
    def act(self, command: Command, *, agree: bool) -> Reply:
        match command:
            case MailCustomer():
                return self._mail(command, agree=agree)
            case NoteHandOver():
                link = self.links[command.link_id]
                reasons = tuple(Refused(x.step, x.code, x.detail) for x in command.refusals)
                noted = (
                    replace(link, revoked_at=NOW, refusals=reasons)
                    if reasons
                    else replace(link, sent_at=NOW)
                )
                self.links[command.link_id] = noted
                return HandOverIsNoted(order_id=command.order_id)
            case _:
                return super().act(command, agree=agree)

    def _mail(self, command: MailCustomer, *, agree: bool) -> Reply:
        id_ = command.mail_id
        if id_ not in self.mails and not agree:
            return MailRefused(
                code="CUSTOMER_HAS_NO_EMAIL", detail="no", mail_id=id_, customer_id=CUSTOMER
            )
        assert self.mails.setdefault(id_, command.text) == command.text, "another text"
        assert str(id_) in command.text, "a mail without its link"
        return CustomerMailed(mail_id=id_, customer_id=CUSTOMER)

    def revoke(self) -> None:
        for id_, link in self.links.items():
            if link.revoked_at is None:
                self.links[id_] = replace(link, revoked_at=NOW)
                self.revoked.add(id_)


class HandOver(Network):
    """An order that is handed over again and again on an unreliable network."""

    books: HandOverBooks
    sagas: list[DrivenSaga[HandOverData]]

    @initialize()
    def start(self) -> None:
        self.begin()
        self.books = HandOverBooks()
        self.hand_over()

    def hand_over(self) -> None:
        id_ = UUID(int=1000 + len(self.books.links))
        self.books.revoke()
        until = NOW + timedelta(hours=72)
        self.books.links[id_] = Link(
            id_, ORDER, SITE, CUSTOMER, Kind.MAIL, StaffId("clerk"), NOW, until
        )
        data = HandOverData(
            order_id=ORDER,
            link_id=id_,
            site_id=SITE,
            customer_id=CUSTOMER,
            subject="Your order",
            text=f"https://orders.example/checkout/{id_}",
            expires_at=until,
        )
        self.join(run(HAND_OVER, data))

    @precondition(lambda self: len(self.sagas) < 4)
    @rule()
    def staff_hand_it_over_anew(self) -> None:
        self.hand_over()

    @rule()
    def staff_take_it_back(self) -> None:
        self.books.revoke()

    @invariant()
    def a_link_that_was_taken_back_never_works_again(self) -> None:
        """PA-5: also when its mail, or what became of it, arrives later."""
        for id_ in self.books.revoked:
            assert self.books.links[id_].revoked_at is not None

    @invariant()
    def at_most_one_link_works(self) -> None:
        """PA-5: the newest, if any."""
        working = [id_ for id_, link in self.books.links.items() if link.revoked_at is None]
        assert working in ([], [max(self.books.links)])

    @invariant()
    def no_secret_outlives_its_use(self) -> None:
        """PA-5: a row that lasts has no link in it."""
        for saga in self.sagas:
            assert not (saga.process.state.ended and saga.process.data.text)

    @override
    def teardown(self) -> None:
        """Let the network heal; then each link was mailed, or is closed and says why."""
        if not hasattr(self, "books"):
            return
        self.heal()
        self.no_secret_outlives_its_use()
        self.at_most_one_link_works()
        for saga in self.sagas:
            link = self.books.links[saga.process.data.link_id]
            if saga.status is Status.COMPLETED:
                assert (link.sent_at, link.refusals) == (NOW, ())
                assert link.link_id in self.books.mails
                assert (link.revoked_at is not None) == (link.link_id in self.books.revoked)
            else:
                assert link.revoked_at is not None, "a link that may be in no mail works"
                assert link.refusals


TestHandOver = HandOver.TestCase
TestHandOver.settings = settings(max_examples=300, stateful_step_count=40, deadline=None)
