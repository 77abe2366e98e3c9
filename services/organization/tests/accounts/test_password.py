"""What a password must be."""

import pytest

from harmonic_organization.accounts.password import WeakPassword, checked, prepared


@pytest.mark.parametrize("password", ["tiny", "aaaaaaaaaaaaaaaa", "ada@example.org", "ADA@example.ORG", "x" * 257])
def test_weak_passwords_are_refused(password: str) -> None:
    """Too short, too long, of one letter or the address itself: refused, and not repeated in the reason."""
    with pytest.raises(WeakPassword) as refused:
        checked(password, "ada@example.org")
    assert password not in str(refused.value)


def test_spaces_and_any_script_are_welcome() -> None:
    """No rule of composition stands in the way of a passphrase."""
    assert checked("хорошая длинная фраза", "ada@example.org") == "хорошая длинная фраза"


def test_the_way_of_typing_an_accent_does_not_matter() -> None:
    """Precomposed and combining accents are one password."""
    assert prepared("cafe\u0301 au lait") == prepared("caf\u00e9 au lait")
