"""An address or a token that cannot be used is named at once, not after minutes of trying."""

import pytest
import typer
from tradecounter.commands.failing import BAD_INPUT
from tradecounter.commands.target import target


@pytest.mark.parametrize(
    ("url", "token", "reason"),
    [
        ("127.0.0.1:8080", "a.b.c", "--url"),
        ("localhost:8080", "a.b.c", "--url"),
        ("http://[bad", "a.b.c", "--url"),
        ("http://host:port", "a.b.c", "--url"),
        ("ftp://host", "a.b.c", "--url"),
        ("", "a.b.c", "--url"),
        ("http://host", "a\nb", "TRADECOUNTER_TOKEN"),
        ("http://host", "a.\N{LATIN SMALL LETTER E WITH ACUTE}.c", "TRADECOUNTER_TOKEN"),
    ],
)
def test_what_cannot_be_used_is_named(
    url: str,
    token: str,
    reason: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """OB-1: a command fails with a clear reason."""
    monkeypatch.setenv("TRADECOUNTER_TOKEN", token)
    with pytest.raises(typer.Exit) as found:
        target(url)
    assert found.value.exit_code == BAD_INPUT
    assert reason in capsys.readouterr().err


def test_an_address_and_a_token_are_taken_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRADECOUNTER_TOKEN", "a.b.c\n")
    assert target("https://shop.example/") == ("https://shop.example/", "a.b.c")
