"""E-mail addresses in one form, so that one mailbox is one account.

The local part is case-folded although RFC 5321 section 2.4 lets a host tell cases apart: no provider of today does, and
two accounts that differ by a capital letter are a trap for people.
"""

import re
import unicodedata

MAX_LENGTH = 254
"""Longest address that a mail path can carry (RFC 5321 section 4.5.3.1.3, less its angle brackets)."""
MAX_LOCAL = 64
ALLOWED = "an address such as `ada@example.org`, at most 254 characters"

_LOCAL = re.compile(r"[^\s@\"(),:;<>\[\\\]\x00-\x1f\x7f]+")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


class InvalidEmail(ValueError):
    """The text is no e-mail address. The message is the reason, and does not repeat the text."""


def normalised(text: str) -> str:
    """The one form of an address: NFKC, trimmed, lower case, the domain in ASCII (IDNA). Raises InvalidEmail."""
    folded = unicodedata.normalize("NFKC", text).strip().lower()
    local, at, domain = folded.rpartition("@")
    if not at:
        raise InvalidEmail("has no @")
    address = f"{_local(local)}@{_domain(domain)}"
    if len(address) > MAX_LENGTH:
        raise InvalidEmail(f"is longer than {MAX_LENGTH} characters")
    return address


def _local(local: str) -> str:
    if not _LOCAL.fullmatch(local) or local.startswith(".") or local.endswith(".") or ".." in local:
        raise InvalidEmail("has no usable name before the @")
    if len(local) > MAX_LOCAL:
        raise InvalidEmail(f"has more than {MAX_LOCAL} characters before the @")
    return local


def _domain(domain: str) -> str:
    try:
        ascii_form = domain.encode("idna").decode("ascii")
    except UnicodeError:
        raise InvalidEmail("has no valid domain after the @") from None
    labels = ascii_form.split(".")
    if len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels):
        raise InvalidEmail("has no valid domain after the @")
    return ascii_form
