"""What a password must be. Length counts, composition rules do not (NIST SP 800-63B section 5.1.1.2)."""

import unicodedata

MIN_LENGTH = 10
MAX_LENGTH = 256
"""A bound on what is hashed, far above any passphrase."""
MIN_DISTINCT = 5
ALLOWED = f"{MIN_LENGTH} to {MAX_LENGTH} characters, at least {MIN_DISTINCT} of them different, not your e-mail address"


class WeakPassword(ValueError):
    """The password is refused. The message is the reason, and does not repeat the password."""


def prepared(password: str) -> str:
    """The form that is hashed: NFC, so that another way of typing an accent is no other password (RFC 8265)."""
    return unicodedata.normalize("NFC", password)


def checked(password: str, email: str) -> str:
    """The prepared form of a new password. Raises WeakPassword."""
    form = prepared(password)
    if len(form) < MIN_LENGTH:
        raise WeakPassword(f"is shorter than {MIN_LENGTH} characters")
    if len(form) > MAX_LENGTH:
        raise WeakPassword(f"is longer than {MAX_LENGTH} characters")
    if len(set(form)) < MIN_DISTINCT:
        raise WeakPassword(f"has fewer than {MIN_DISTINCT} different characters")
    if form.casefold() in {email, email.partition("@")[0]}:
        raise WeakPassword("is the e-mail address")
    return form
