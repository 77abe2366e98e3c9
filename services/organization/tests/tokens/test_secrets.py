"""Secrets that are shown once."""

from harmonic_organization.tokens import secrets


def test_an_api_key_is_known_by_its_form() -> None:
    """Prefix, length and checksum tell a key from anything else, with one wrong character too."""
    key = secrets.new_api_key()
    assert key.text.startswith("hu_")
    assert secrets.is_api_key(key.text)
    for i in range(3, len(key.text)):
        other = "a" if key.text[i] != "a" else "b"
        assert not secrets.is_api_key(key.text[:i] + other + key.text[i + 1 :])
    for text in ("", "hu_", key.text[:-1], key.text + "a", "xx_" + key.text[3:], key.text[3:], "hu_" + "é" * 49):
        assert not secrets.is_api_key(text)


def test_what_is_stored_does_not_give_the_secret_back() -> None:
    """Digest and visible start hold far less than the key: 35 random characters stay unknown."""
    key = secrets.new_api_key()
    assert key.text.startswith(key.start)
    assert len(key.start) == 11
    assert key.text[11:] not in key.digest
    assert len({secrets.new_api_key().text for _ in range(100)}) == 100
    assert len({secrets.new_refresh_token().text for _ in range(100)}) == 100
