"""Writes .env and the broker's definitions with fresh secrets, once; what is there already is kept.

The broker's definitions hold salted hashes alone. Both files are ignored by git.
"""

import base64
import hashlib
import json
import os
import secrets
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SERVICES = ("organization", "physics", "audio", "ai", "export", "gateway")
ENV = ROOT / ".env"
DEFINITIONS = ROOT / "deploy" / "generated" / "rabbitmq-definitions.json"


def needed() -> list[str]:
    """Every secret that the compose file asks for."""
    per_service = [f"HARMONIC_{s.upper()}_{what}" for s in SERVICES for what in ("DATABASE_PASSWORD", "SERVICE_SECRET")]
    return ["POSTGRES_PASSWORD", "RABBITMQ_PASSWORD", "HARMONIC_CURSOR_SECRET", "HARMONIC_KEY_SECRET", *per_service]


def present() -> dict[str, str]:
    """The settings that .env holds already."""
    if not ENV.exists():
        return {}
    lines = (line.split("=", 1) for line in ENV.read_text().splitlines() if "=" in line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, value in lines}


def complete_env() -> dict[str, str]:
    """Add what is missing to .env, readable by its owner alone."""
    known = present()
    missing = {name: secrets.token_urlsafe(32) for name in needed() if not known.get(name)}
    if missing:
        descriptor = os.open(ENV, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "a") as file:
            file.writelines(f"{name}={value}\n" for name, value in missing.items())
    return {**known, **missing}


def password_hash(password: str) -> str:
    """RabbitMQ's salted SHA-256: base64(salt + sha256(salt + password)), https://www.rabbitmq.com/docs/passwords."""
    salt = secrets.token_bytes(4)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def definitions(password: str) -> dict[str, object]:
    """The broker's user, virtual host and exchanges; each service declares its own queue."""
    user = {
        "name": "harmonic",
        "password_hash": password_hash(password),
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": "management",
    }
    everything = {"user": "harmonic", "vhost": "harmonic", "configure": ".*", "write": ".*", "read": ".*"}
    unrouted = {"alternate-exchange": "harmonic.unrouted"}
    common = {"vhost": "harmonic", "durable": True, "auto_delete": False, "internal": False}
    return {
        "users": [user],
        "vhosts": [{"name": "harmonic"}],
        "permissions": [everything],
        "exchanges": [
            {**common, "name": "harmonic.unrouted", "type": "fanout", "arguments": {}},
            {**common, "name": "harmonic.events", "type": "topic", "arguments": unrouted},
        ],
    }


def main() -> int:
    env = complete_env()
    if not DEFINITIONS.exists():
        DEFINITIONS.parent.mkdir(parents=True, exist_ok=True)
        DEFINITIONS.write_text(json.dumps(definitions(env["RABBITMQ_PASSWORD"]), indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
