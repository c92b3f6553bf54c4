"""Remembers how far an import has come, in a file beside the one that is imported."""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from uuid import UUID, uuid4

from tradecounter.csv_files.faults import BadFile


@dataclass(slots=True)
class Totals:
    """What has become of a file's items so far.

    Attributes:
        refused: Items with at least one error.
        errors: Row errors.
        repeated: Items, counted above, that an earlier run had sent and that had no effect again.
    """

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    errors: int = 0
    repeated: int = 0

    def add(self, more: "Totals") -> None:
        """Add other totals to these."""
        for name in fields(self):
            setattr(self, name.name, getattr(self, name.name) + getattr(more, name.name))

    @property
    def items(self) -> int:
        """Give how many items were dealt with."""
        return self.created + self.changed + self.unchanged + self.refused


@dataclass(slots=True)
class Checkpoint:
    """The batches of one import that are done.

    Attributes:
        path: Where it is kept; none: it is not kept (a dry run).
        fingerprint: Of the file and of how it is read and where it goes.
        import_id: Names the import in its requests, so that none has effect twice.
        below: Every batch with a lower number is done,
        others: and these.
        report: Where the errors of what is done are reported.
        reported: Bytes of that report that belong to what is done.
    """

    path: Path | None
    fingerprint: str
    import_id: UUID = field(default_factory=uuid4)
    below: int = 0
    others: set[int] = field(default_factory=set[int])
    totals: Totals = field(default_factory=Totals)
    report: str = ""
    reported: int = 0

    @property
    def resumed(self) -> bool:
        """Tell whether something was done by an earlier run."""
        return self.below > 0 or bool(self.others)

    def has(self, number: int) -> bool:
        """Tell whether a batch is done."""
        return number < self.below or number in self.others

    def note(self, number: int) -> None:
        """Note that a batch is done."""
        self.others.add(number)
        while self.below in self.others:
            self.others.remove(self.below)
            self.below += 1
        self.keep()

    def keep(self) -> None:
        """Write it, in one step.

        Raises:
            BadFile: It cannot be written.
        """
        if self.path is None:
            return
        draft = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        try:
            draft.write_text(json.dumps(self._document()) + "\n")
            draft.replace(self.path)
        except OSError as error:
            raise BadFile(f"{draft}: {error.strerror or error}") from error

    def forget(self) -> None:
        """Remove it: the import has come to its end."""
        if self.path is not None:
            self.path.unlink(missing_ok=True)

    def _document(self) -> dict[str, object]:
        return {
            "fingerprint": self.fingerprint,
            "import_id": str(self.import_id),
            "below": self.below,
            "others": sorted(self.others),
            "totals": asdict(self.totals),
            "report": self.report,
            "reported": self.reported,
        }


def fingerprint(content: str, settings: Mapping[str, object]) -> str:
    """Give what tells one import from another: the file's content and how it is imported."""
    described = json.dumps([content, settings], sort_keys=True, default=str)
    return hashlib.sha256(described.encode()).hexdigest()


def beside(file: Path, kind: str) -> Path:
    """Give where the checkpoint of a file's import is kept."""
    return file.with_name(f"{file.name}.{kind}-import.json")


def recalled(path: Path, fingerprint: str) -> Checkpoint | None:
    """Give the checkpoint that was kept; none when there is none, or it is of something else."""
    try:
        noted = json.loads(path.read_text())
        if noted["fingerprint"] != fingerprint:
            return None
        return Checkpoint(
            path,
            fingerprint,
            UUID(noted["import_id"]),
            int(noted["below"]),
            set(map(int, noted["others"])),
            Totals(**noted["totals"]),
            str(noted["report"]),
            int(noted["reported"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
