"""Settings come from the service's own variables, then the common ones, or from files."""

from pathlib import Path

import pytest
from chassis.settings import ServiceSettings
from pydantic import ValidationError


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for prefix in ("NOTES_", "TRADECOUNTER_"):
        for name in ServiceSettings.model_fields:
            monkeypatch.delenv(f"{prefix}{name}".upper(), raising=False)
            monkeypatch.delenv(f"{prefix}{name}_FILE".upper(), raising=False)


def test_the_services_own_value_comes_before_the_common_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NOTES_DATABASE_URL", "postgresql://own/notes")
    monkeypatch.setenv("TRADECOUNTER_DATABASE_URL", "postgresql://common/notes")
    monkeypatch.setenv("TRADECOUNTER_PREFETCH", "7")

    settings = ServiceSettings.of("notes")

    assert settings.database_url == "postgresql://own/notes"
    assert settings.prefetch == 7
    assert settings.batch == 50


def test_a_secret_is_read_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    secret = tmp_path / "url"
    secret.write_text("postgresql://filed/notes\n")
    monkeypatch.setenv("TRADECOUNTER_DATABASE_URL_FILE", str(secret))

    assert ServiceSettings.of("notes").database_url == "postgresql://filed/notes"

    monkeypatch.setenv("NOTES_DATABASE_URL", "postgresql://own/notes")
    assert ServiceSettings.of("notes").database_url == "postgresql://own/notes"


def test_what_is_missing_or_wrong_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTES_PORT", "70000")

    with pytest.raises(ValidationError) as raised:
        ServiceSettings.of("notes")

    assert {error["loc"][0] for error in raised.value.errors()} == {"database_url", "port"}


def test_known_settings_are_taken_as_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTES_DATABASE_URL", "postgresql://own/notes")

    settings = ServiceSettings.of("notes", database_url="postgresql://given/notes")

    assert settings.database_url == "postgresql://given/notes"


@pytest.mark.parametrize("prefix", ["NOTES_", "TRADECOUNTER_"])
def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch, prefix: str) -> None:
    """Compose sets a variable to nothing where the user has left it out."""
    monkeypatch.setenv("NOTES_DATABASE_URL", "postgresql://own/notes")
    monkeypatch.setenv(f"{prefix}OTLP_ENDPOINT", "")

    assert ServiceSettings.of("notes").otlp_endpoint is None
