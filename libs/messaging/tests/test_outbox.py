"""What stands on a message about its cause."""

from uuid import uuid4

from contracts.subscribers.events import EndpointTested
from messaging.envelope import Envelope, decode
from messaging.outbox import Cause, Outbox
from messaging.tables import messaging_tables
from sqlalchemy import MetaData

TABLES = messaging_tables(MetaData())


def told(outbox: Outbox) -> list[Envelope]:
    for _ in range(2):
        outbox.publish(EndpointTested(endpoint_id=uuid4(), name="erp"))
    return [decode(row["body"]) for row in outbox.rows]


def test_the_first_event_that_a_request_leads_to_begins_a_conversation() -> None:
    """EV-1: every event has a correlation and a causation id."""
    first, second = told(Outbox("test", TABLES.outbox, Cause(staff_id="ada")))
    assert first.id != second.id
    for one in (first, second):
        assert one.correlationid == one.causationid == str(first.id)
        assert one.staffid == "ada"


def test_an_event_that_a_message_leads_to_names_it() -> None:
    """EV-1."""
    cause = Cause(message_id="the message", correlation_id="the saga")
    for one in told(Outbox("test", TABLES.outbox, cause)):
        assert (one.correlationid, one.causationid) == ("the saga", "the message")


def test_a_request_that_begins_a_saga_tells_of_it_under_the_sagas_id() -> None:
    """EV-1."""
    first, second = told(Outbox("test", TABLES.outbox, Cause(correlation_id="the saga")))
    assert first.correlationid == second.correlationid == "the saga"
    assert first.causationid == second.causationid == str(first.id)
