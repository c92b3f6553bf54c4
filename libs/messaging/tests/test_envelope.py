"""The envelope: CloudEvents in structured JSON."""

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
from messaging.envelope import MAX_BODY, BadEnvelope, Envelope, TooLarge, decode

ID = UUID("01890a5d-ac96-774b-bcce-b302099a8057")


def an_envelope(**attributes: object) -> Envelope:
    known: dict[str, object] = {
        "id": ID,
        "source": "/tradecounter/orders",
        "type": "orders.test.v1",
        "time": datetime(2026, 1, 2, tzinfo=UTC),
    }
    return Envelope.model_validate(known | attributes)


def test_reads_what_it_writes() -> None:
    envelope = an_envelope(sequence=7, correlationid="c", data={"n": 1})

    assert decode(envelope.encode()) == envelope


def test_leaves_out_what_is_not_known_and_writes_numbers_as_cloudevents_does() -> None:
    written = json.loads(an_envelope(sequence=7).encode())

    assert written["sequence"] == "7"
    assert written["specversion"] == "1.0"
    assert "correlationid" not in written


def test_skips_attributes_it_does_not_know() -> None:
    written = json.loads(an_envelope().encode()) | {"rfc": "unknown"}

    assert decode(json.dumps(written).encode()) == an_envelope()


@pytest.mark.parametrize("body", [b"", b"\xff", b"1", b"{}", b'{"specversion":"1.0"}'])
def test_refuses_what_is_no_envelope(body: bytes) -> None:
    with pytest.raises(BadEnvelope):
        decode(body)


def test_refuses_another_version() -> None:
    with pytest.raises(BadEnvelope, match=r"0\.3"):
        decode(an_envelope(specversion="0.3").encode())


def test_refuses_to_write_or_read_too_much() -> None:
    with pytest.raises(TooLarge):
        an_envelope(data={"text": "x" * MAX_BODY}).encode()
    with pytest.raises(TooLarge):
        decode(b" " * (MAX_BODY + 1))
