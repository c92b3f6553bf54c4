"""What takes a change of an order back, so that the audit can give it as it was at any instant.

An order as a *snapshot* is one JSON object: its columns, and its content. An *undo* holds the
earlier value of each part that a change touched, lines and payments one by one; null where there
was none. Undoing the entries one after the other, the newest first, leads back to the beginning.
"""

from collections.abc import Iterable, Mapping
from typing import Any

Snapshot = dict[str, Any]
Undo = dict[str, Any]

_PARTS = {"lines": "line_id", "payments": "payment_no"}
"""Parts of the content that are told apart by a number of their own, and stand in its order."""
_PAYS = {"token", "code_digest"}


def undo_of(before: Snapshot, after: Snapshot) -> Undo:
    """Give what makes ``after`` what it was before; nothing that pays is kept in it (PA-2)."""
    undo: Undo = _changed(before, after, skip=("content",))
    was, now = before["content"], after["content"]
    content = _changed(was, now, skip=tuple(_PARTS))
    for part, key in _PARTS.items():
        if was.get(part) != now.get(part):
            old, new = _numbered(was.get(part, ()), key), _numbered(now.get(part, ()), key)
            content[part] = _without_tokens(_changed(old, new))
    return {**undo, "content": content} if content else undo


def undone(after: Snapshot, undo: Undo) -> Snapshot:
    """Give the snapshot before a change."""
    columns = {**after, **{name: old for name, old in undo.items() if name != "content"}}
    content = dict(after["content"])
    for name, old in undo.get("content", {}).items():
        if name in _PARTS:
            content[name] = _restored(content.get(name, ()), old, _PARTS[name])
        elif old is None:
            content.pop(name, None)
        else:
            content[name] = old
        if not content.get(name, True):
            del content[name]
    return {**columns, "content": content}


def _changed(
    before: Mapping[str, Any], after: Mapping[str, Any], skip: tuple[str, ...] = ()
) -> dict[str, Any]:
    names = (before.keys() | after.keys()).difference(skip)
    return {name: before.get(name) for name in sorted(names) if before.get(name) != after.get(name)}


def _numbered(parts: Iterable[Mapping[str, Any]], key: str) -> dict[str, Any]:
    return {str(part[key]): part for part in parts}


def _restored(
    parts: Iterable[Mapping[str, Any]], old: Mapping[str, Any], key: str
) -> list[Mapping[str, Any]]:
    found = {**_numbered(parts, key), **old}
    return [found[number] for number in sorted(found, key=int) if found[number] is not None]


def _without_tokens(parts: dict[str, Any]) -> dict[str, Any]:
    return {
        number: part
        if part is None
        else {
            **part,
            "terms": {name: said for name, said in part["terms"].items() if name not in _PAYS},
        }
        for number, part in parts.items()
    }
