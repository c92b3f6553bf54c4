"""What the running services say of their requests, and requests made from that."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import uuid4

import httpx2

from tests.system.running import Json

SERVICES = ("customers", "catalog", "orders", "payments", "subscribers")
Place = tuple[str | int, ...]
_UNIONS = ("anyOf", "oneOf", "allOf")


@dataclass(frozen=True)
class Operation:
    """Something that a service can be asked."""

    method: str
    path: str
    described: Json
    schemas: Mapping[str, Json]

    @property
    def names(self) -> Sequence[str]:
        """Give the names of the path's parts that vary."""
        return [part[1:-1] for part in self.path.split("/") if part.startswith("{")]

    def to(self, **known: str) -> str:
        """Give the path to what is known; what is not, nobody knows."""
        path = self.path
        for name in self.names:
            path = path.replace(f"{{{name}}}", known.get(name) or str(uuid4()))
        return path

    @property
    def body(self) -> Json | None:
        """Give the schema of its body; none, when it takes no JSON."""
        content = self.described.get("requestBody", {}).get("content", {})
        found: Json | None = content.get("application/json", {}).get("schema")
        return found

    def example(self, schema: Json, *, whole: bool = False) -> Any:  # noqa: ANN401 - JSON
        """Give a value that fits a schema, as small as can be, or with all that it may have."""
        schema = self._plain(schema)
        for known in ("const", "default"):
            if known in schema and not (whole and known == "default"):
                return schema[known]
        if "enum" in schema:
            return schema["enum"][0]
        match schema.get("type"):
            case "object":
                return self._object(schema, whole=whole)
            case "array":
                one = self.example(schema.get("items", {}), whole=whole)
                return [one] * max(schema.get("minItems", 0), int(whole))
            case "integer" | "number":
                return schema.get("minimum", 1)
            case "boolean":
                return False
            case _:
                return _text(schema)

    def _object(self, schema: Json, *, whole: bool) -> Json:
        fields: Json = schema.get("properties", {})
        more: Any = schema.get("additionalProperties")
        if not fields and whole and isinstance(more, dict):
            return {"name": self.example(cast("Json", more), whole=True)}
        named: Iterable[str] = fields if whole else schema.get("required", ())
        return {name: self.example(fields[name], whole=whole) for name in named if name in fields}

    def _plain(self, schema: Json) -> Json:
        """Follow references, and take the first branch of a union."""
        if "$ref" in schema:
            return self._plain(self.schemas[schema["$ref"].rpartition("/")[2]])
        union = next((cast("list[Json]", schema[kind]) for kind in _UNIONS if kind in schema), None)
        if union is None:
            return schema
        return self._plain(next(one for one in union if one.get("type") != "null"))


def _text(schema: Json) -> str:
    match schema.get("format"), schema.get("pattern", ""):
        case "uuid", _:
            return str(uuid4())
        case "date-time", _:
            return "2026-11-21T08:00:00Z"
        case "date", _:
            return "2026-12-01"
        case _, "^[A-Z]{3}$":
            return "GBP"
        case _, "^[A-Z]{2}$":
            return "GB"
        case _:
            return "x" * max(1, schema.get("minLength", 1))


def operations(url: str) -> Iterator[Operation]:
    """List what a running system can be asked."""
    for service in SERVICES:
        document = httpx2.get(f"{url}/api/{service}/v1/openapi.json").raise_for_status().json()
        for path, methods in document["paths"].items():
            for method, described in methods.items():
                schemas = document["components"]["schemas"]
                yield Operation(method.upper(), path, described, schemas)


def texts(value: Any, place: Place = ()) -> Iterator[Place]:  # noqa: ANN401 - JSON
    """Give the places of all texts in a JSON value."""
    if isinstance(value, str):
        yield place
    elif isinstance(value, dict):
        for name, inner in cast("Json", value).items():
            yield from texts(inner, (*place, name))
    elif isinstance(value, list):
        for at, inner in enumerate(cast("list[Any]", value)):
            yield from texts(inner, (*place, at))


def with_text(value: Any, whole: Any, place: Place, text: str) -> Any:  # noqa: ANN401 - JSON
    """Give ``value`` with a text at a place; what is missing on the way is as in ``whole``."""
    if not place:
        return text
    name, *rest = place
    if isinstance(name, int):
        items: list[Any] = [*(value or whole)]
        items[name] = with_text(items[name], whole[name], tuple(rest), text)
        return items
    fields: Json = {**(value or {})}
    fields[name] = with_text(fields.get(name), whole[name], tuple(rest), text)
    return fields
