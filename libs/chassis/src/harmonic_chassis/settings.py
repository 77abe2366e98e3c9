"""Settings of a service: read from the environment and `.env`; a refused start names everything that is missing.

A setting `x` of the service `physics` is read from `HARMONIC_PHYSICS_X`, else from `HARMONIC_X`; the environment wins
over `.env`, and in each the service's own name wins over the shared one.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_core import PydanticUndefined
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

PREFIX = "HARMONIC_"
ENV_FILE = ".env"
MEBIBYTE = 1024 * 1024


class SettingsError(RuntimeError):
    """The service cannot start with these settings; the message says what to set, and never shows a value."""


class ServiceSettings(BaseSettings):
    """What every service needs. A service derives its own class, names itself in `service` and adds its fields."""

    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True, hide_input_in_errors=True)
    service: ClassVar[str] = ""

    database_url: SecretStr = Field(
        description="Database of this service alone",
        examples=["postgresql+asyncpg://harmonic_physics:PASSWORD@127.0.0.1/harmonic_physics"],
    )
    service_secret: SecretStr = Field(
        min_length=16, description="Client secret of this service at organization", examples=["32 random bytes, hex"]
    )
    cursor_secret: SecretStr = Field(
        min_length=16,
        description="Key that signs page cursors; the same in each replica",
        examples=["openssl rand -hex 32"],
    )
    database_connections: int = Field(
        default=8, ge=4, le=200, description="Most connections of a process to PostgreSQL; one of them carries signals"
    )
    amqp_url: SecretStr | None = Field(
        default=None, description="RabbitMQ", examples=["amqp://harmonic:PASSWORD@127.0.0.1:5672/"]
    )
    data_dir: Path = Field(default=Path("var"), description="Folder of local files: artifacts, scratch")
    artifacts_url: str | None = Field(
        default=None, description="Where artifacts lie: a file:// or s3:// URL; without it, under the data folder"
    )
    peers: Annotated[dict[str, str], NoDecode] = Field(
        default={}, description="Base URLs of the other services", examples=["organization=http://organization:8000"]
    )
    host: str = Field(default="127.0.0.1", description="Address to listen on")
    port: int = Field(default=8000, ge=0, le=65535, description="Port to listen on; 0 takes a free one")
    metrics_port: int | None = Field(
        default=None,
        ge=1,
        le=65535,
        description="Port at which a worker answers /livez, /readyz and /metrics; without it, it listens to nothing",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="Lowest level logged")
    log_format: Literal["json", "console"] = Field(default="json", description="One JSON object a line, or for eyes")
    traces_url: str | None = Field(
        default=None,
        pattern=r"^(https?|file)://",
        description="Where spans go: OTLP over HTTP, or file:///path for a JSON object a line; nowhere without it",
        examples=["http://127.0.0.1:4318/v1/traces"],
    )
    worker_slots: int = Field(
        default_factory=lambda: os.cpu_count() or 1, ge=1, le=256, description="Jobs a worker runs at the same time"
    )
    max_body_bytes: int = Field(default=MEBIBYTE, ge=1024, description="Largest request body, in bytes")
    relay_rest_ms: float = Field(
        default=0.0,
        ge=0.0,
        le=1000.0,
        description="Milliseconds that the relay rests after each publish: events come so much later, in fuller "
        "batches that cost every consumer less",
    )
    stop_grace_s: float = Field(default=15.0, ge=0.0, le=25.0, description="Seconds that running work gets at a stop")

    @field_validator("peers", mode="before")
    @classmethod
    def _read_peers(cls, value: object) -> object:
        """`name=url,name=url`, or a JSON object."""
        if not isinstance(value, str):
            return value
        if value.lstrip().startswith("{"):
            import json

            return json.loads(value)
        return dict(pair.strip().split("=", 1) for pair in value.split(",") if "=" in pair)

    @field_validator("peers")
    @classmethod
    def _strip_slash(cls, value: dict[str, str]) -> dict[str, str]:
        return {name: url.rstrip("/") for name, url in value.items()}

    @property
    def artifacts_location(self) -> str:
        """The URL of the artifact store."""
        return self.artifacts_url or (self.data_dir / self.service / "artifacts").absolute().as_uri()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        prefixes = list(prefixes_of(cls))
        environment = [EnvSettingsSource(settings_cls, env_prefix=prefix) for prefix in prefixes]
        files = [DotEnvSettingsSource(settings_cls, env_file=ENV_FILE, env_prefix=prefix) for prefix in prefixes]
        return (init_settings, *environment, *files)


Settings = TypeVar("Settings", bound=ServiceSettings)


def prefixes_of(settings: type[ServiceSettings]) -> Iterator[str]:
    """The prefixes of the environment variables that are looked at, the winning one first."""
    if settings.service:
        yield f"{PREFIX}{settings.service.upper()}_"
    yield PREFIX


def load(settings: type[Settings], **given: Any) -> Settings:
    """The settings, or SettingsError with every missing and wrong one and how to set it."""
    try:
        return settings(**given)
    except ValidationError as error:
        raise SettingsError(_explain(settings, error)) from None


def _explain(settings: type[ServiceSettings], error: ValidationError) -> str:
    lines = [f"{settings.service or 'The service'} cannot start: set these in the environment or in {ENV_FILE}."]
    for problem in error.errors(include_input=False, include_url=False, include_context=False):
        name = str(problem["loc"][0]) if problem["loc"] else ""
        doc = document(settings, name)
        fault = "is missing" if problem["type"] == "missing" else problem["msg"]
        lines.append(f"  {' or '.join(doc.variables)}: {fault}. {doc.description}. Example: {doc.example}")
    return "\n".join(lines)


@dataclass(frozen=True)
class SettingDoc:
    """What the reader of `.env.example` or of a refused start must know of one setting."""

    name: str
    variables: tuple[str, ...]
    description: str
    required: bool
    secret: bool
    default: str | None
    example: str


def document(settings: type[ServiceSettings], name: str) -> SettingDoc:
    """The documentation of one setting."""
    field = settings.model_fields.get(name)
    variables = tuple(f"{prefix}{name.upper()}" for prefix in prefixes_of(settings))
    if field is None:
        return SettingDoc(name, variables, "See the documentation of the service", False, False, None, "-")
    default = None if field.default is PydanticUndefined else field.default
    example = str(field.examples[0]) if field.examples else str(default)
    secret = "SecretStr" in str(field.annotation)
    shown = None if default is None or secret else str(default)
    return SettingDoc(name, variables, field.description or name, field.is_required(), secret, shown, example)


def documents(settings: type[ServiceSettings]) -> list[SettingDoc]:
    """The documentation of every setting of a class, in the order of declaration."""
    return [document(settings, name) for name in settings.model_fields]
