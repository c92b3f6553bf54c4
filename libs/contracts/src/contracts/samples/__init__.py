"""A sample of every message, as documents show it and old readers must keep understanding it.

``python -m contracts.samples`` writes those that are missing to ``samples/``; a committed sample is
golden and never written again.
"""

import json
from pathlib import Path

from contracts.message import Message
from contracts.samples.catalog import catalog
from contracts.samples.customers import customers
from contracts.samples.orders import orders
from contracts.samples.payments import payments
from contracts.samples.subscribers import subscribers

DIRECTORY = Path(__file__).parents[3] / "samples"


def samples() -> dict[str, Message]:
    """Give a sample of every message, by type."""
    every = [*customers(), *catalog(), *payments(), *orders(), *subscribers()]
    return {message.type: message for message in every}


def text_of(message: Message) -> str:
    """Give the committed form of a sample."""
    return json.dumps(message.model_dump(mode="json"), indent=2) + "\n"


def write(directory: Path = DIRECTORY) -> list[str]:
    """Write the samples that are missing; gives their types."""
    directory.mkdir(exist_ok=True)
    new: list[str] = []
    for kind, message in samples().items():
        path = directory / f"{kind}.json"
        if not path.exists():
            path.write_text(text_of(message))
            new.append(kind)
    return new
