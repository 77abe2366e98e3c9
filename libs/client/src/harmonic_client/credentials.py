"""Where sign-ins are kept: one file, readable by its owner alone, with an entry for each gateway.

Two processes may refresh at the same time; a lock file keeps the second from showing a refresh token that the first has
used up, which would end the session.
"""

import fcntl
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

MARGIN = timedelta(seconds=30)
"""A token that ends this soon is refreshed before it is used."""


class Credentials(BaseModel):
    """A session at one gateway."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    access_token: str
    refresh_token: str
    expires_at: datetime
    user_id: str
    organization_id: str
    project_id: str

    def fresh(self, now: datetime | None = None) -> bool:
        """Whether the access token can still be used for a while."""
        return self.expires_at - MARGIN > (now or datetime.now(UTC))

    @classmethod
    def of_reply(cls, reply: dict[str, Any], now: datetime | None = None) -> "Credentials":
        """The credentials in a reply of register, login or refresh."""
        until = (now or datetime.now(UTC)) + timedelta(seconds=float(reply["expires_in"]))
        return cls.model_validate({**reply, "expires_at": until})


def default_path() -> Path:
    """``$XDG_CONFIG_HOME/harmonic/credentials.json``, or below ``~/.config``."""
    home = os.environ.get("XDG_CONFIG_HOME")
    base = Path(home) if home else Path.home() / ".config"
    return base / "harmonic" / "credentials.json"


class CredentialStore:
    """The file of credentials. A file that cannot be read counts as empty: signing in writes it anew."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or default_path()

    def load(self, gateway: str) -> Credentials | None:
        """The session at this gateway."""
        entry = self._read().get(gateway)
        try:
            return Credentials.model_validate(entry) if entry else None
        except ValidationError:
            return None

    def save(self, gateway: str, credentials: Credentials) -> None:
        """Keep the session at this gateway."""
        self._write({**self._read(), gateway: credentials.model_dump(mode="json")})

    def forget(self, gateway: str) -> None:
        """Forget the session at this gateway."""
        self._write({name: entry for name, entry in self._read().items() if name != gateway})

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the file against other processes. Blocks: call it from a thread."""
        self._folder()
        with self.path.with_suffix(".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _read(self) -> dict[str, Any]:
        try:
            content = json.loads(self.path.read_text())
        except (FileNotFoundError, ValueError):
            return {}
        return content if isinstance(content, dict) else {}

    def _write(self, content: dict[str, Any]) -> None:
        self._folder()
        descriptor, beside = tempfile.mkstemp(dir=self.path.parent, prefix=".credentials-")  # 0600 by itself
        with os.fdopen(descriptor, "w") as file:
            json.dump(content, file, indent=2)
        Path(beside).replace(self.path)

    def _folder(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)


class MemoryStore(CredentialStore):
    """Credentials that end with the process."""

    def __init__(self) -> None:
        super().__init__(Path(os.devnull))
        self._entries: dict[str, Any] = {}

    @contextmanager
    def locked(self) -> Iterator[None]:
        yield

    def _read(self) -> dict[str, Any]:
        return self._entries

    def _write(self, content: dict[str, Any]) -> None:
        self._entries = content
