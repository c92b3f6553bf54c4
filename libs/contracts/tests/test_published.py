"""What is published stays as it is."""

import json
from copy import deepcopy
from pathlib import Path

import jsonschema
import pytest
from contracts import samples, schemas
from contracts.catalogue import every_message
from contracts.message import Message
from contracts.orders.events import OrderSubmitted

MESSAGES = every_message()
ids = [cls.type for cls in MESSAGES]


@pytest.mark.parametrize("cls", MESSAGES, ids=ids)
def test_the_committed_schema_is_the_class(cls: type[Message]) -> None:
    committed = (schemas.DIRECTORY / f"{cls.type}.json").read_text()
    assert committed == schemas.text_of(schemas.schema_of(cls)), "run: python -m contracts.schemas"


def test_a_published_schema_never_changes_by_hand() -> None:
    committed = {
        path.stem: schemas.digest(path.read_text()) for path in schemas.DIRECTORY.glob("*.json")
    }
    assert committed == schemas.published()


def test_the_writer_refuses_what_an_older_reader_would_notice(tmp_path: Path) -> None:
    schemas.write(tmp_path)
    path = tmp_path / f"{OrderSubmitted.type}.json"
    published = json.loads(path.read_text())
    published["properties"]["colour"] = {"type": "string"}
    path.write_text(schemas.text_of(published))
    with pytest.raises(schemas.Incompatible, match="colour is gone"):
        schemas.write(tmp_path)


def test_an_optional_field_may_be_gained_and_a_required_one_may_not() -> None:
    new = schemas.schema_of(OrderSubmitted)
    old = deepcopy(new)
    del old["properties"]["external_reference"]
    schemas.check_additive("x", old, new)
    del old["properties"]["total"]
    old["required"].remove("total")
    with pytest.raises(schemas.Incompatible, match="total"):
        schemas.check_additive("x", old, new)


@pytest.mark.parametrize("cls", MESSAGES, ids=ids)
def test_every_golden_sample_is_read_and_fits_its_schema(cls: type[Message]) -> None:
    text = (samples.DIRECTORY / f"{cls.type}.json").read_text()
    raw = json.loads(text)
    read = cls.model_validate(raw)
    assert json.loads(read.model_dump_json(exclude_unset=True)) == raw
    schema = json.loads((schemas.DIRECTORY / f"{cls.type}.json").read_text())
    jsonschema.validate(raw, schema)


@pytest.mark.parametrize("cls", MESSAGES, ids=ids)
def test_a_reader_skips_a_field_it_does_not_know(cls: type[Message]) -> None:
    raw = json.loads((samples.DIRECTORY / f"{cls.type}.json").read_text())
    assert cls.model_validate(raw | {"from_the_future": 1}) == cls.model_validate(raw)


def test_there_is_a_sample_of_every_message() -> None:
    assert set(samples.samples()) == set(ids)
