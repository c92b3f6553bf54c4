"""The committed JSON Schema of every message: ``python -m contracts.schemas`` writes them.

A published schema never changes in a way that an older reader would notice: within a version a
message only gains optional fields (docs/decisions/0006). ``PUBLISHED.sha256`` holds the hash of
each schema as published; a file that was edited by hand does not match it.
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any, cast

from contracts.catalogue import every_message
from contracts.message import Message

DIRECTORY = Path(__file__).parents[2] / "schemas"
PUBLISHED = "PUBLISHED.sha256"
DIALECT = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]


class Incompatible(Exception):
    """A change to a published message that an older reader or writer would notice."""


def schema_of(cls: type[Message]) -> Schema:
    """Give a message's JSON Schema as it is sent, without texts, so that wording may improve."""
    schema = cls.model_json_schema(mode="serialization")
    return {
        "$schema": DIALECT,
        "$id": f"urn:tradecounter:schema:{cls.type}",
        **cast("Schema", _without_texts(schema)),
    }


def _without_texts(node: object) -> object:
    if isinstance(node, dict):
        named = cast("Schema", node)
        return {
            key: _without_texts(value)
            for key, value in named.items()
            if not (key in {"description", "title"} and isinstance(value, str))
        }
    if isinstance(node, list):
        return [_without_texts(item) for item in cast("list[object]", node)]
    return node


def check_additive(kind: str, old: Schema, new: Schema) -> None:
    """Check that ``new`` only gains optional fields over ``old``.

    Raises:
        Incompatible: A field is gone, changed, or has become required.
    """
    for place, was, now in _objects(old, new):
        for name, field in was.get("properties", {}).items():
            if now.get("properties", {}).get(name) != field:
                raise Incompatible(f"{kind}: {place}{name} is gone or changed; make a new version")
        if gained := set(now.get("required", ())) - set(was.get("required", ())):
            raise Incompatible(f"{kind}: {place}{sorted(gained)} became required")


def _objects(old: Schema, new: Schema) -> list[tuple[str, Schema, Schema]]:
    pairs = [("", old, new)]
    definitions = new.get("$defs", {})
    for name, schema in old.get("$defs", {}).items():
        pairs.append((f"{name}.", schema, definitions.get(name, {})))
    return pairs


def text_of(schema: Schema) -> str:
    """Give the committed form: sorted, indented, one newline at the end."""
    return json.dumps(schema, indent=2, sort_keys=True) + "\n"


def digest(text: str) -> str:
    """Give the hash that ``PUBLISHED.sha256`` holds."""
    return hashlib.sha256(text.encode()).hexdigest()


def published(directory: Path = DIRECTORY) -> dict[str, str]:
    """Give the hash of each published schema, by message type."""
    listing = directory / PUBLISHED
    if not listing.exists():
        return {}
    pairs = (line.split() for line in listing.read_text().splitlines())
    return {name.removesuffix(".json"): hash_ for hash_, name in pairs}


def write(directory: Path = DIRECTORY) -> list[str]:
    """Write every schema and the hashes; gives the types whose files changed.

    Raises:
        Incompatible: A published message changed in a way that needs a new version; nothing is
            written.
    """
    texts = {cls.type: text_of(schema_of(cls)) for cls in every_message()}
    files = {kind: directory / f"{kind}.json" for kind in {*texts, *published(directory)}}
    for kind, path in sorted(files.items()):
        if kind not in texts:
            raise Incompatible(f"{kind}: is gone; a published message stays until it is retired")
        if path.exists():
            check_additive(kind, json.loads(path.read_text()), json.loads(texts[kind]))
    directory.mkdir(exist_ok=True)
    changed = [
        kind
        for kind, text in texts.items()
        if not files[kind].exists() or files[kind].read_text() != text
    ]
    for kind in changed:
        files[kind].write_text(texts[kind])
    lines = [f"{digest(text)}  {kind}.json\n" for kind, text in sorted(texts.items())]
    (directory / PUBLISHED).write_text("".join(lines))
    return changed


def main() -> int:
    """Write the schemas and say what changed."""
    try:
        changed = write()
    except Incompatible as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write("".join(f"wrote {kind}\n" for kind in changed) or "all schemas are current\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
