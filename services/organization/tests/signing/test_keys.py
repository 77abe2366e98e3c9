"""Keys locked for the database."""

import json

import pytest

from harmonic_organization.signing import keys


def test_a_locked_key_opens_with_its_secret_alone() -> None:
    """The right secret gives the key back; another one a message that says what to do, without any key in it."""
    key = keys.generate()
    locked = keys.lock(key, "the secret of the settings")
    assert keys.unlock(locked, "the secret of the settings").as_dict(private=True) == key.as_dict(private=True)
    with pytest.raises(keys.LockedOut, match="key_secret") as refused:
        keys.unlock(locked, "another secret altogether")
    assert str(key.as_dict(private=True)["d"]) not in str(refused.value)


def test_the_published_half_tells_nothing_of_the_private_one() -> None:
    """No private member is in the public JWK, and the id is the RFC 7638 thumbprint."""
    key = keys.generate()
    published = keys.public(key)
    assert set(published) == {"kty", "crv", "x", "kid", "use", "alg"}
    assert published["kid"] == key.thumbprint()


def test_the_thumbprint_is_that_of_the_standard() -> None:
    """Witness: the Ed25519 key and its thumbprint in RFC 8037, appendix A.1 and A.3."""
    document = {
        "kty": "OKP",
        "crv": "Ed25519",
        "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    }
    assert keys.from_json(json.dumps(document)).kid == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"kty":"oct","k":"c2VjcmV0"}', '{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}'])  # fmt: skip  # noqa: E501
def test_what_cannot_sign_is_refused(text: str) -> None:
    """Nonsense, a key of another kind, a public key: refused by name, not at the first sign-in."""
    with pytest.raises(ValueError, match="signing key"):
        keys.from_json(text)
