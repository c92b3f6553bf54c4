"""The data directory: what the embedded system keeps between two runs."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

DEFAULT = ".data"


def data_directory(given: Path | None = None) -> Path:
    """Give the data directory: the one given, or ``DATA_DIR``, or ``.data`` here; absolute."""
    return (given or Path(os.environ.get("DATA_DIR") or DEFAULT)).absolute()


@dataclass(frozen=True, slots=True)
class DataDirectory:
    """The files in a data directory."""

    path: Path

    @property
    def postgres(self) -> Path:
        """Give where PostgreSQL keeps its data."""
        return self.path / "postgres"

    @property
    def seeded(self) -> Path:
        """Give the file that says the demo data is there; it holds what is shown of it."""
        return self.path / "demo-data.json"

    @property
    def _address(self) -> Path:
        return self.path / "running.json"

    def note_address(self, url: str) -> None:
        """Note where the running system answers."""
        draft = self._address.with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps({"url": url, "pid": os.getpid()}) + "\n")
        draft.replace(self._address)

    def forget_address(self) -> None:
        """Note that no system runs."""
        self._address.unlink(missing_ok=True)

    def address(self) -> str | None:
        """Give where the running system answers; none when none runs on this directory."""
        try:
            noted = json.loads(self._address.read_text())
            os.kill(noted["pid"], 0)
        except (OSError, ValueError, KeyError):
            return None
        return noted["url"]
