"""Signing keys turn over without a moment in which a good token cannot be checked."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from harmonic_organization.tokens.rotation import KeyLife, Plan, next_start, outlived, signing

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PLAN = Plan(period=timedelta(days=30), lead=timedelta(minutes=10), overlap=timedelta(minutes=70))
TOKEN_LIFE = timedelta(minutes=10)


def test_the_first_key_signs_at_once() -> None:
    """A house without keys makes one that signs now."""
    assert next_start([], PLAN, NOW) == NOW
    assert signing([], NOW) is None


@given(gaps=st.lists(st.integers(min_value=1, max_value=60 * 24 * 50), min_size=1, max_size=40))
def test_every_token_can_be_checked_until_it_runs_out(gaps: list[int]) -> None:
    """Whenever care comes, minutes or weeks apart: a key signs, new ones were published the lead before they did,
    and no key goes while a token of it lives."""
    keys: list[KeyLife] = []
    published: dict[int, datetime] = {}
    last_signed: dict[int, datetime] = {}
    now = NOW
    for gap in [0, *gaps]:
        for minute in range(0, gap, max(1, gap // 7)):  # tokens are signed all the time between two visits
            moment = now + timedelta(minutes=minute)
            signer = signing(keys, moment)
            if keys:
                assert signer is not None
                last_signed[signer.number] = moment
                assert signer.number == 1 or moment - published[signer.number] >= PLAN.lead
        now += timedelta(minutes=gap)
        start = next_start(keys, PLAN, now)
        if start is not None:
            number = max((key.number for key in keys), default=0) + 1
            keys.append(KeyLife(number, start))
            published[number] = now
        for gone in outlived(keys, PLAN, now):
            assert gone != signing(keys, now)
            assert last_signed.get(gone.number, NOW) + TOKEN_LIFE <= now
            keys.remove(gone)
        assert signing(keys, now) is not None
        assert len(keys) <= 3
