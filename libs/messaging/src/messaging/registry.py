"""Message classes by their wire name: those whose modules this process has imported."""

from contracts.message import Message, all_messages

_known: dict[str, type[Message]] = {}


def message_class(kind: str) -> type[Message] | None:
    """Give the class of a wire name; none when this process has not imported it."""
    if kind not in _known:
        _known.update({cls.type: cls for cls in all_messages()})
    return _known.get(kind)
