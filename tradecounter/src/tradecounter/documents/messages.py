"""docs/messages.md: every message in a table, by its owner."""

from contracts.catalogue import every_message, kind_of
from contracts.message import Message
from messaging.topology import SERVICES

_HEAD = """# Messages

Written from libs/contracts by `make docs`; do not edit. Every message is one CloudEvents 1.0 JSON
document; the schemas are in libs/contracts/schemas, samples in libs/contracts/samples, and
[asyncapi.json](asyncapi.json) is the AsyncAPI document.
"""


def text() -> str:
    """Give the page."""
    return _HEAD + "".join(_service(service) for service in SERVICES)


def _service(service: str) -> str:
    messages = [cls for cls in every_message() if cls.owner() == service]
    kinds = ("command", "question", "reply", "refusal", "event")
    ordered = sorted(messages, key=lambda cls: (kinds.index(kind_of(cls)), cls.type))
    rows = "".join(_row(cls) for cls in ordered)
    return f"\n## {service}\n\n| kind | type | says | fields |\n|---|---|---|---|\n{rows}"


def _row(cls: type[Message]) -> str:
    says = (cls.__doc__ or "").strip().splitlines()[0]
    fields = ", ".join(
        name if field.is_required() else f"{name}?" for name, field in cls.model_fields.items()
    )
    return f"| {kind_of(cls)} | `{cls.type}` | {says} | {fields} |\n"
