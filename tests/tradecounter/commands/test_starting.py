"""A command brings in what it needs, and no more."""

import inspect
import subprocess
import sys

import pytest
import typer
from tradecounter.commands import COMMANDS

HEAVY = ("sqlalchemy", "fastapi", "messaging", "orders")


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_says_of_a_command_what_its_own_help_says(name: str) -> None:
    found = COMMANDS[name].load()
    said = found.info.help if isinstance(found, typer.Typer) else inspect.getdoc(found)
    assert said is not None
    assert said.splitlines()[0] == COMMANDS[name].help


@pytest.mark.parametrize("words", [(), ("token", "admin"), ("customers", "import")], ids=str)
def test_who_asks_for_help_or_a_token_waits_for_no_service(words: tuple[str, ...]) -> None:
    script = f"""
import sys
sys.argv[1:] = {[*words, "--help"]}
from tradecounter.__main__ import main
try:
    main()
finally:
    print("heavy:", sorted(set(sys.modules) & {set(HEAVY)}))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.splitlines()[-1] == "heavy: []"
