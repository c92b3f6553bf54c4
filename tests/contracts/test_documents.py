"""What others read of our messages: CloudEvents, AsyncAPI, the pages written from the code."""

import json
from collections.abc import Iterator
from typing import Any, cast
from uuid import UUID

import pytest
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from contracts import asyncapi
from contracts.catalogue import every_message
from contracts.message import Event, Question
from contracts.samples import samples
from messaging.outbox import Cause, Outbox
from messaging.tables import messaging_tables
from sqlalchemy import MetaData
from tradecounter.documents.__main__ import DOCS, DOCUMENTS

EVENTS = [message for message in samples().values() if isinstance(message, Event)]


@pytest.mark.parametrize("event", EVENTS, ids=[event.type for event in EVENTS])
def test_the_cloudevents_sdk_reads_what_we_send(event: Event) -> None:
    """EV-1: unique id, type with version, time, subject, sequence, correlation, staff, customer."""
    outbox = Outbox(
        event.owner(),
        messaging_tables(MetaData()).outbox,
        Cause(message_id="cause", correlation_id="saga", staff_id="anna"),
    )
    outbox.publish(event, sequence=3, customer_id=UUID(int=7))
    row = outbox.rows[0]

    read = JSONFormat().read(CloudEvent, row["body"])

    attributes = read.get_attributes()
    assert attributes["id"] == str(row["message_id"])
    assert attributes["type"] == event.type
    assert attributes["source"] == f"/tradecounter/{event.owner()}"
    assert attributes["subject"] == str(event.subject)
    assert attributes["sequence"] == "3"
    assert attributes["correlationid"] == "saga"
    assert attributes["causationid"] == "cause"
    assert attributes["staffid"] == "anna"
    assert attributes["customerid"] == str(UUID(int=7))
    assert attributes["time"].utcoffset() is not None
    assert type(event).model_validate(read.get_data()) == event


def _references(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        named = cast("dict[str, Any]", node)
        if isinstance(named.get("$ref"), str):
            yield named["$ref"]
        for value in named.values():
            yield from _references(value)
    elif isinstance(node, list):
        for item in cast("list[object]", node):
            yield from _references(item)


def _lookup(document: dict[str, Any], reference: str) -> object:
    found: Any = document
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return found


def test_every_reference_of_the_asyncapi_document_leads_somewhere() -> None:
    document = asyncapi.document()
    references = list(_references(document))
    assert len(references) > 50
    for reference in references:
        assert _lookup(document, reference)


def test_the_asyncapi_document_has_every_message_but_questions() -> None:
    document = asyncapi.document()
    named = {message["name"] for message in document["components"]["messages"].values()}
    questions = {cls.type for cls in every_message() if issubclass(cls, Question)}
    assert "catalog.quote-lines.v1" in questions
    assert named == {cls.type for cls in every_message()} - questions


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_page_written_from_the_code_is_current(name: str) -> None:
    assert (DOCS / name).read_text() == DOCUMENTS[name](), "run: make docs"


def test_the_asyncapi_document_is_of_version_3_1() -> None:
    assert json.loads((DOCS / "asyncapi.json").read_text())["asyncapi"] == "3.1.0"
