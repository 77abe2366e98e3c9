"""Each refresh token is good once."""

from datetime import UTC, datetime, timedelta

from harmonic_organization.tokens.refresh import Shown, Verdict, expiry, judge

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LATER, BEFORE = NOW + timedelta(hours=1), NOW - timedelta(hours=1)


def test_the_verdict_on_each_state() -> None:
    """Fresh: rotate. Used: theft, however late. Ended or run out: no more."""
    assert judge(Shown(None, LATER, None, LATER), NOW) is Verdict.ROTATE
    assert judge(Shown(BEFORE, LATER, None, LATER), NOW) is Verdict.REUSED
    assert judge(Shown(BEFORE, BEFORE, None, LATER), NOW) is Verdict.REUSED
    assert judge(Shown(None, BEFORE, None, LATER), NOW) is Verdict.EXPIRED
    assert judge(Shown(None, LATER, None, BEFORE), NOW) is Verdict.EXPIRED
    assert judge(Shown(None, NOW, None, LATER), NOW) is Verdict.EXPIRED
    assert judge(Shown(None, LATER, BEFORE, LATER), NOW) is Verdict.REVOKED


def test_turning_over_never_outlives_the_session() -> None:
    """However often it is refreshed, a session ends when it was said to."""
    assert expiry(NOW, timedelta(days=14), NOW + timedelta(days=90)) == NOW + timedelta(days=14)
    assert expiry(NOW, timedelta(days=14), LATER) == LATER
