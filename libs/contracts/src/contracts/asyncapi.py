"""The AsyncAPI 3.1 document of every message, written from libs/contracts."""

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any, cast

from contracts.catalogue import every_message, kind_of
from contracts.message import Command, Event, Message, Reply
from contracts.samples import samples
from contracts.schemas import schema_of

Json = dict[str, Any]
ASYNCAPI = "3.1.0"
_COMPONENT = "#/components/messages/"


def document() -> Json:
    """Give the document; the same code gives the same document."""
    messages = [cls for cls in every_message() if not _is_question(cls)]
    return {
        "asyncapi": ASYNCAPI,
        "info": {
            "title": "Tradecounter",
            "version": version("tradecounter-contracts"),
            "description": (
                "Commands, replies and events between Tradecounter's services. Every message is "
                "one CloudEvents 1.0 document in structured JSON mode; subscribers outside follow "
                "the events."
            ),
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": dict(_channels(messages)),
        "operations": dict(_operations(messages)),
        "components": {
            "messages": {_name(cls): _message(cls) for cls in messages},
            "schemas": {"cloudevent": ENVELOPE},
        },
    }


ENVELOPE: Json = {
    "type": "object",
    "required": ["specversion", "id", "source", "type", "time", "data"],
    "properties": {
        "specversion": {"const": "1.0"},
        "id": {"type": "string", "format": "uuid"},
        "source": {"type": "string", "description": "/tradecounter/<service>"},
        "type": {"type": "string"},
        "subject": {"type": "string", "description": "id of the aggregate an event is about"},
        "time": {"type": "string", "format": "date-time"},
        "datacontenttype": {"const": "application/json"},
        "dataschema": {"type": "string", "format": "uri"},
        "correlationid": {
            "type": "string",
            "description": "id of the saga, or of the first event that a request led to",
        },
        "causationid": {"type": "string", "description": "id of the message that led to this one"},
        "partitionkey": {"type": "string"},
        "sequence": {"type": "string", "description": "place in the aggregate's history, from 1"},
        "expirytime": {"type": "string", "format": "date-time"},
        "traceparent": {"type": "string", "description": "W3C trace context of the sender"},
        "staffid": {"type": "string"},
        "customerid": {"type": "string", "format": "uuid"},
        "data": {"type": "object"},
    },
}


def _is_question(cls: type[Message]) -> bool:
    """Questions and their answers are between our own services, unstored: no outsider's concern."""
    return kind_of(cls) == "question"


def _name(cls: type[Message]) -> str:
    return cls.type.replace(".", "_").replace("-", "_")


def _address(cls: type[Message]) -> tuple[str, str]:
    """Give kind and name of the exchange a message goes to."""
    if issubclass(cls, Event):
        return "topic", f"evt.{cls.owner()}"
    if issubclass(cls, Command):
        return "direct", f"cmd.{cls.owner()}"
    return "direct", "rpl.orders"


def _channels(messages: list[type[Message]]) -> list[tuple[str, Json]]:
    exchanges = sorted({_address(cls)[::-1] for cls in messages})
    return [
        (
            exchange.replace(".", "_"),
            {
                "address": exchange,
                "messages": {
                    _name(cls): {"$ref": _COMPONENT + _name(cls)}
                    for cls in messages
                    if _address(cls)[1] == exchange
                },
                "bindings": {
                    "amqp": {
                        "is": "routingKey",
                        "exchange": {"name": exchange, "type": kind, "durable": True},
                        "bindingVersion": "0.3.0",
                    }
                },
            },
        )
        for exchange, kind in exchanges
    ]


def _operations(messages: list[type[Message]]) -> list[tuple[str, Json]]:
    found: list[tuple[str, Json]] = []
    for service in sorted({cls.owner() for cls in messages}):
        events = [cls for cls in messages if issubclass(cls, Event) and cls.owner() == service]
        commands = [cls for cls in messages if issubclass(cls, Command) and cls.owner() == service]
        if events:
            found.append((f"{service}_publishes", _operation("send", f"evt_{service}", events)))
        if commands:
            found.append((f"{service}_answers", _operation("receive", f"cmd_{service}", commands)))
    replies = [cls for cls in messages if issubclass(cls, Reply)]
    found.append(("orders_is_answered", _operation("receive", "rpl_orders", replies)))
    return found


def _operation(action: str, channel: str, messages: Sequence[type[Message]]) -> Json:
    path = f"#/channels/{channel}"
    return {
        "action": action,
        "channel": {"$ref": path},
        "messages": [{"$ref": f"{path}/messages/{_name(cls)}"} for cls in messages],
    }


def _message(cls: type[Message]) -> Json:
    summary, _, rest = (cls.__doc__ or "").strip().partition("\n")
    described = {"description": _unindented(rest)} if rest.strip() else {}
    return {
        "name": cls.type,
        "title": cls.__name__,
        "summary": summary,
        **described,
        "tags": [{"name": kind_of(cls)}],
        "contentType": "application/cloudevents+json",
        "payload": {
            "allOf": [
                {"$ref": "#/components/schemas/cloudevent"},
                {
                    "type": "object",
                    "properties": {"type": {"const": cls.type}, "data": _inlined(schema_of(cls))},
                },
            ]
        },
        "examples": [{"payload": _example(cls)}],
    }


def _unindented(text: str) -> str:
    return "\n".join(line.strip() for line in text.strip().splitlines())


def _example(cls: type[Message]) -> Json:
    message = samples()[cls.type]
    return {
        "specversion": "1.0",
        "id": "0192f3c0-0000-7000-8000-000000000099",
        "source": f"/tradecounter/{cls.owner()}",
        "type": cls.type,
        "time": "2026-11-20T10:30:00Z",
        "data": message.model_dump(mode="json", exclude_none=True),
    }


def _inlined(schema: Json) -> Json:
    """Put the definitions where they are used, so that the payload stands alone."""
    definitions = schema.get("$defs", {})

    def walk(node: object) -> object:
        if isinstance(node, dict):
            named = cast("Json", node)
            if "$ref" in named:
                return walk(definitions[named["$ref"].removeprefix("#/$defs/")])
            return {k: walk(v) for k, v in named.items() if k not in {"$defs", "$schema", "$id"}}
        if isinstance(node, list):
            return [walk(item) for item in cast("list[object]", node)]
        return node

    return cast("Json", walk(schema))
