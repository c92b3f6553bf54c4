"""Writes the documents, or with ``--check`` says which are out of date."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

from contracts import asyncapi

from tradecounter.documents import coverage, messages, sagas

DOCS = Path(__file__).parents[4] / "docs"

DOCUMENTS: dict[str, Callable[[], str]] = {
    "asyncapi.json": lambda: json.dumps(asyncapi.document(), indent=2) + "\n",
    "coverage.md": coverage.text,
    "messages.md": messages.text,
    "sagas/README.md": sagas.text,
}


def main() -> int:
    """Write or check; the exit code is 1 when a document is out of date."""
    checking = "--check" in sys.argv
    stale = 0
    for name, write in DOCUMENTS.items():
        path, text = DOCS / name, write()
        if path.exists() and path.read_text() == text:
            continue
        stale += 1
        if checking:
            sys.stderr.write(f"docs/{name} is out of date; run: make docs\n")
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        sys.stdout.write(f"wrote docs/{name}\n")
    return 1 if checking and stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
