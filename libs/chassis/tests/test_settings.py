"""Settings come from the service's own variables, then the common ones, or from files."""

from pathlib import Path

import pytest
from chassis.settings import ServiceSettings
from chassis.settings_faults import WrongSettings


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


def test_what_is_missing_or_wrong_is_named_with_an_example(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTES_PORT", "70000")
    monkeypatch.setenv("TRADECOUNTER_BROKER_URL", "http://tell-nobody@host")

    with pytest.raises(WrongSettings) as raised:
        ServiceSettings.of("notes")

    assert set(raised.value.reasons) == {
        (
            "NOTES_DATABASE_URL (or TRADECOUNTER_DATABASE_URL, or ..._FILE) is not set; "
            "for example postgresql://user:password@host:5432/name"
        ),
        "NOTES_PORT: Input should be less than or equal to 65535; for example 8000",
        (
            "TRADECOUNTER_BROKER_URL: must be the address of a RabbitMQ, "
            "for example amqp://user:password@host:5672/"
        ),
    }
    assert set(raised.value.fields) == {"database_url", "port", "broker_url"}


@pytest.mark.parametrize(
    "good",
    [
        "postgresql://u:p@host/notes",
        "postgresql+asyncpg://host:5432/notes?sslmode=require",
        "postgres://u:p@[::1]:5432/notes",
        "postgresql:///notes?host=/run/postgresql",
        "postgresql://u:p%40ss@host",
    ],
)
def test_addresses_of_databases_are_taken(good: str) -> None:
    assert ServiceSettings.of("notes", database_url=good).database_url == good


@pytest.mark.parametrize(
    "bad", ["nonsense", "mysql://u:p@host/notes", "postgresql://u:p@host:port/notes", ""]
)
def test_what_is_no_address_of_a_database_is_refused_and_not_repeated(bad: str) -> None:
    with pytest.raises(WrongSettings, match="must be the address of a PostgreSQL database") as said:
        ServiceSettings.of("notes", database_url=bad)
    assert not bad or bad not in str(said.value)


def test_a_file_that_cannot_be_read_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TRADECOUNTER_DATABASE_URL_FILE", str(tmp_path / "nowhere"))

    with pytest.raises(WrongSettings) as raised:
        ServiceSettings.of("notes")

    assert raised.value.reasons == (
        (
            f"TRADECOUNTER_DATABASE_URL_FILE: {tmp_path / 'nowhere'} cannot be read: "
            "No such file or directory"
        ),
    )


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
