"""One mailbox is one account."""

import pytest

from harmonic_organization.accounts.email import InvalidEmail, normalised


@pytest.mark.parametrize(
    ("written", "one_form"),
    [
        ("  Ada@Example.ORG ", "ada@example.org"),
        ("ada+music@example.org", "ada+music@example.org"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ａｄａ@example.org", "ada@example.org"),
    ],
)
def test_every_way_to_write_a_mailbox_has_one_form(written: str, one_form: str) -> None:
    """Case, space around, width and script of the domain make no other account (IDNA witness: RFC 3492's bücher)."""
    assert normalised(written) == one_form
    assert normalised(one_form) == one_form


@pytest.mark.parametrize(
    "text",
    ["", "ada", "@example.org", "ada@", "ada@localhost", "a b@example.org", "a..b@example.org", ".a@example.org",
     "ada@-bad.example", "ada@ex ample.org", "a@b@c.example", "ada@example.org\n.evil", "x" * 65 + "@example.org",
     "ada@" + "a" * 64 + ".example", "ada@" + "abcdefghi." * 25 + "example"],
)  # fmt: skip
def test_what_is_no_address_is_refused(text: str) -> None:
    """A text that no mail can reach makes no account, and the reason does not repeat it."""
    with pytest.raises(InvalidEmail) as refused:
        normalised(text)
    assert len(text) < 5 or text not in str(refused.value)
