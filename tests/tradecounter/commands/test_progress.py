"""A bar on a terminal; in a file or a pipe a plain line now and then."""

import io

from rich.console import Console
from tradecounter.commands.progress import EVERY, Lines, progress


def test_a_pipe_gets_plain_lines_now_and_then() -> None:
    """OB-1."""
    out, now = io.StringIO(), 0.0
    lines = Lines(Console(file=out, width=40), lambda: now)
    for second in range(26):
        now = float(second)
        lines("lines", second * 1000, 26_000)
    assert EVERY == 10
    assert out.getvalue() == "lines: 10,000 of 26,000 (38 %)\nlines: 20,000 of 26,000 (76 %)\n"
    now += EVERY
    lines("rows", 1_234_567)
    assert out.getvalue().splitlines()[-1] == "rows: 1,234,567"


def test_nothing_is_drawn_where_nobody_looks() -> None:
    out = io.StringIO()
    with progress(Console(file=out)) as tell:
        tell("lines", 1, 2)
    assert out.getvalue() == ""


def test_a_terminal_gets_a_bar() -> None:
    """OB-1."""
    out = io.StringIO()
    with progress(Console(file=out, force_terminal=True, width=80)) as tell:
        tell("lines", 1, 2)
        tell("lines", 2, 2)
    assert "lines" in out.getvalue()
    assert "2/2" in out.getvalue()
