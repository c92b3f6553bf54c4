"""Settings, read from the environment.

``CATALOG_DATABASE_URL`` is looked for first, then ``CATALOG_DATABASE_URL_FILE`` (a file that holds
the value, for secrets), then the same two under the common prefix ``TRADECOUNTER_``.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal, Self, cast

from annotated_types import Ge, Gt, Le
from pydantic import BeforeValidator, Field, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)
from typing_extensions import override

from chassis.settings_faults import COMMON_PREFIX, like, read_file, wrong

_DATABASE = "postgresql://user:password@host:5432/name"
DatabaseUrl = Annotated[
    str,
    like(
        r"postgres(ql)?(\+asyncpg)?://([^\s/]*@)?[^\s/@:]*(\[[^\s/]+\])?(:\d+)?(/\S*)?",
        "the address of a PostgreSQL database",
        _DATABASE,
    ),
    Field(examples=[_DATABASE]),
]
BrokerUrl = Annotated[
    str, like(r"amqps?://\S+", "the address of a RabbitMQ", "amqp://user:password@host:5672/")
]
WebAddress = Annotated[
    str,
    like(
        r"https?://[^\s?#]+[^\s?#/]",
        "a web address without a slash at its end",
        "https://host.example/path",
    ),
]
KeysAddress = Annotated[
    str, like(r"https?://\S+", "a web address", "https://id.example/.well-known/jwks.json")
]
TracesAddress = Annotated[str, like(r"https?://\S+", "a web address", "http://host.example:4318")]
LogLevel = Annotated[
    Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"],
    BeforeValidator(lambda value: value.upper() if isinstance(value, str) else value),
]


class _Files(PydanticBaseSettingsSource):
    """Reads a setting from the file that its ``..._FILE`` variable names."""

    def __init__(self, settings_cls: type[BaseSettings], prefix: str) -> None:
        super().__init__(settings_cls)
        self._prefix = prefix

    @override
    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        variable = f"{self._prefix}{field_name}_file".upper()
        return (
            (read_file(field_name, variable) if os.environ.get(variable) else None),
            field_name,
            False,
        )

    @override
    def __call__(self) -> dict[str, Any]:
        found = (
            (name, self.get_field_value(field, name)[0])
            for name, field in self.settings_cls.model_fields.items()
        )
        return {name: value for name, value in found if value is not None}


class ServiceSettings(BaseSettings):
    """What every service needs to know; a service that needs more derives from it.

    Attributes:
        database_url: ``postgresql://user:password@host/name``.
        broker_url: ``amqp://user:password@host/``; not needed to migrate.
        jwks_url: Where the issuer publishes its keys; or ``jwks_file``.
        issuer: The ``iss`` that a token must have.
        otlp_endpoint: Where traces go (``http://host:4318``); none: ids only, nothing recorded.
        port: Of the HTTP API; 0 takes a free one.
        health_port: Of the worker's ``/livez`` and ``/readyz``; 0 takes a free one.
        prefetch: Messages the broker hands out before one is acknowledged.
        batch: Messages handled in one transaction at most.
        pool_size: Database connections for requests and handlers; queries have six of
            their own, the relay has two.
        body_limit: Bytes an HTTP request body may have.
        grace: Seconds that running work is waited for at shutdown.
        access_log: Log a line for each request.
    """

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    database_url: DatabaseUrl
    broker_url: BrokerUrl | None = None
    jwks_url: KeysAddress | None = None
    jwks_file: Path | None = None
    issuer: str = "tradecounter"
    otlp_endpoint: TracesAddress | None = None
    host: str = "127.0.0.1"
    port: Annotated[int, Ge(0), Le(65535)] = 8000
    health_port: Annotated[int, Ge(0), Le(65535)] = 8001
    prefetch: Annotated[int, Gt(0)] = 100
    batch: Annotated[int, Gt(0)] = 50
    pool_size: Annotated[int, Gt(0)] = 10
    body_limit: Annotated[int, Gt(0)] = 1024 * 1024
    grace: Annotated[float, Ge(0)] = 20.0
    json_logs: bool = True
    log_level: LogLevel = "INFO"
    access_log: bool = False

    @classmethod
    def of(cls, service: str, **known: object) -> Self:
        """Read the settings of a service; ``known`` ones are taken as given.

        Raises:
            WrongSettings: Some are missing or malformed; each is named, with an example.
        """
        # The type checker sees the fields alone; pydantic-settings takes the prefix beside them.
        read = cast("Callable[..., Self]", cls)
        try:
            return read(_env_prefix=f"{service.upper()}_", **known)
        except ValidationError as error:
            raise wrong(service, cls.model_fields, error) from None

    @override
    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        prefix = getattr(env_settings, "env_prefix", "")
        return (
            init_settings,
            env_settings,
            _Files(settings_cls, prefix),
            EnvSettingsSource(settings_cls, env_prefix=COMMON_PREFIX, env_ignore_empty=True),
            _Files(settings_cls, COMMON_PREFIX),
        )
