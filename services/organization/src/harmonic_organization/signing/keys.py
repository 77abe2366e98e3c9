"""Ed25519 keys: made, locked for the database, opened, and published.

A private key lies in the database as a JWE (RFC 7516, ``dir`` with A256GCM) under a secret of the settings: a copy of
the database signs nothing.
"""

import hashlib
import json
from typing import Any, cast

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey, OKPKey

ALGORITHM = "EdDSA"
_LOCK = {"alg": "dir", "enc": "A256GCM"}


class LockedOut(RuntimeError):
    """The secret of the settings does not open a key of the database."""


def generate() -> OKPKey:
    """A fresh signing key, named by its RFC 7638 thumbprint."""
    return _named(OKPKey.generate_key("Ed25519"))


def from_json(text: str) -> OKPKey:
    """The private Ed25519 key of a JWK document. Raises ValueError that says what is wrong, without the key."""
    try:
        key = OKPKey.import_key(json.loads(text))
    except (ValueError, TypeError, KeyError, JoseError):
        raise ValueError("the signing key is no JWK document of an OKP key") from None
    if key.curve_name != "Ed25519" or not key.is_private:
        raise ValueError("the signing key must be a private Ed25519 key")
    return _named(key)


def public(key: OKPKey) -> dict[str, Any]:
    """What the world may see of a key: a JWK for a key set."""
    return {**key.as_dict(private=False), "use": "sig", "alg": ALGORITHM}


def lock(key: OKPKey, secret: str) -> str:
    """The private key under the secret."""
    return jwe.encrypt_compact(_LOCK, json.dumps(key.as_dict(private=True)), _wrapping(secret))


def unlock(locked: str, secret: str) -> OKPKey:
    """The private key again. Raises LockedOut when the secret is another one."""
    try:
        plaintext = jwe.decrypt_compact(locked, _wrapping(secret)).plaintext
    except JoseError as error:
        raise LockedOut(
            "the signing keys in the database were locked with another secret: set the key_secret they were made with, "
            "or delete the rows of signing_key (every token then runs out at once)"
        ) from error
    return from_json(cast(bytes, plaintext).decode())


def _wrapping(secret: str) -> OctKey:
    return OctKey.import_key(hashlib.sha256(b"harmonic signing keys\0" + secret.encode()).digest())


def _named(key: OKPKey) -> OKPKey:
    return OKPKey.import_key({**key.as_dict(private=True), "kid": key.thumbprint()})
