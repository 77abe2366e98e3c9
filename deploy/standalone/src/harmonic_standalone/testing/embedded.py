"""The embedded platform as one process."""

import json
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.jwk import OKPKey

from harmonic_chassis.main import NAMES
from harmonic_chassis.testing.servers import free_port
from harmonic_standalone.folder import DataFolder
from harmonic_standalone.testing.processes import CHEAP, Platform, Program

PLATFORM = "platform"
"""Name of the one process."""
LOG = ("--log-level", "info", "--log-format", "json")


class EmbeddedPlatform(Platform):
    """`harmonic serve` on a free port, with its data in a folder. Its signing key is known to the test."""

    def __init__(self, folder: Path, settings: dict[str, str] | None = None) -> None:
        port = free_port()
        super().__init__(folder, f"http://127.0.0.1:{port}")
        self.data = DataFolder(folder / "data")
        arguments = ("-m", "harmonic_client", "serve", "--data", str(self.data.path), "--port", str(port), *LOG)
        self.signing_key = _signing_key()
        given = {**CHEAP, "HARMONIC_ORGANIZATION_SIGNING_KEY": json.dumps(self.signing_key), **(settings or {})}
        self.programs[PLATFORM] = Program(arguments, given, f"{self.url}/readyz")
        self.databases = {name: self.data.database_url(name) for name in NAMES}

    def signed(self, claims: dict[str, Any]) -> str:
        """A token with these claims and a good signature, as nobody outside could make it."""
        key = OKPKey.import_key(self.signing_key)
        header = {"typ": "JWT", "alg": "EdDSA", "kid": self.signing_key["kid"]}
        return jwt.encode(header, claims, key, algorithms=["EdDSA"])


def _signing_key() -> dict[str, Any]:
    key = OKPKey.generate_key("Ed25519", private=True, auto_kid=True)
    return dict(key.as_dict(private=True))
