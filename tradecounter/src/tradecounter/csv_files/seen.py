"""Keeps a number for each of many names on disk: a million of them take no memory."""

import sqlite3


class Seen:
    """Names, each with the number that came with it first, such as the line where it stood."""

    def __init__(self) -> None:
        # An empty name is a file of its own that SQLite removes when it is closed.
        self._names = sqlite3.connect("", isolation_level=None)
        self._names.execute("PRAGMA journal_mode = OFF")
        self._names.execute("PRAGMA synchronous = OFF")
        self._names.execute("CREATE TABLE seen (name TEXT PRIMARY KEY, number INT) WITHOUT ROWID")

    def before(self, name: str, number: int) -> int | None:
        """Give the number that came with a name before; else keep this one."""
        statement = "INSERT OR IGNORE INTO seen VALUES (?, ?)"
        if self._names.execute(statement, (name, number)).rowcount:
            return None
        return self.get(name)

    def get(self, name: str) -> int | None:
        """Give the number of a name; none when the name is not known."""
        found = self._names.execute("SELECT number FROM seen WHERE name = ?", (name,)).fetchone()
        return None if found is None else int(found[0])

    def close(self) -> None:
        """Forget them."""
        self._names.close()
