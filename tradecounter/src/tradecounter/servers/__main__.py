"""``python -m tradecounter.servers reset DATA_DIR``: drop all data, wherever it was placed."""

import sys
from pathlib import Path

from tradecounter.servers.directories import remove
from tradecounter.servers.errors import ServerError

_MARKS = ("postgres/cluster", "postgres/PLACED_AT", "demo-data.json")
"""What a data directory of ours holds, any of them; nothing else is ever removed."""


def reset(data_dir: Path) -> None:
    """Drop the database under a data directory and then the directory itself.

    Raises:
        DirectoryInUse: A run is using it; nothing was dropped.
        ServerError: The directory is none that a run of ours made; nothing was dropped.
    """
    if not data_dir.exists():
        return
    if any(data_dir.iterdir()) and not any((data_dir / mark).exists() for mark in _MARKS):
        raise ServerError(f"{data_dir} does not look like a data directory of Tradecounter")
    remove(data_dir / "postgres")
    remove(data_dir)


def main() -> int:
    """Do what the arguments say; 1 when it cannot be done, 2 when they say nothing sensible."""
    if len(sys.argv) != 3 or sys.argv[1] != "reset":
        print(__doc__, file=sys.stderr)  # noqa: T201
        return 2
    try:
        reset(Path(sys.argv[2]))
    except ServerError as error:
        print(f"not dropped: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
