"""Secrets that are shown once and stored as digests: API keys and refresh tokens.

Both carry 256 random bits, so a plain SHA-256 is enough to store them by; a slow hash is for what people choose.
An API key ends in a checksum: a mistyped or truncated one is refused without a look into the database, and scanners
of public code can tell a real one.
"""

import hashlib
import secrets
import zlib
from dataclasses import dataclass

API_KEY_PREFIX = "hu_"
REFRESH_PREFIX = "hr_"
SHOWN = 8
"""Characters of a key's body that stay readable in lists, so that people can tell their keys apart."""

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BODY = 43
"""62 ** 43 > 2 ** 256"""
_CHECK = 6


@dataclass(frozen=True)
class Secret:
    """A fresh secret: the text that is shown once, its digest, and the start that stays readable."""

    text: str
    digest: str
    start: str


def digest(text: str) -> str:
    """The form in which a secret is stored and found."""
    return hashlib.sha256(text.encode()).hexdigest()


def new_api_key() -> Secret:
    """A fresh API key, ``hu_`` + 43 random characters + 6 of checksum."""
    body = "".join(secrets.choice(_ALPHABET) for _ in range(_BODY))
    text = API_KEY_PREFIX + body + _checksum(body)
    return Secret(text, digest(text), text[: len(API_KEY_PREFIX) + SHOWN])


def new_refresh_token() -> Secret:
    """A fresh refresh token."""
    text = REFRESH_PREFIX + secrets.token_urlsafe(32)
    return Secret(text, digest(text), REFRESH_PREFIX)


def is_api_key(text: str) -> bool:
    """Whether the text has the form of an API key of this house, checksum included."""
    body, check = text[len(API_KEY_PREFIX) : -_CHECK], text[-_CHECK:]
    return text.startswith(API_KEY_PREFIX) and text.isascii() and len(body) == _BODY and _checksum(body) == check


def _checksum(body: str) -> str:
    value, digits = zlib.crc32(body.encode()), ""
    for _ in range(_CHECK):
        value, digit = divmod(value, len(_ALPHABET))
        digits = _ALPHABET[digit] + digits
    return digits
