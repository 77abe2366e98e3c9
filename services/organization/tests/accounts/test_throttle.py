"""How often somebody may try."""

from datetime import UTC, datetime, timedelta

from harmonic_organization.accounts.throttle import Count, Limit, counted, wait, watch

LIMIT = Limit(3, timedelta(minutes=15))
START = datetime(2026, 1, 1, tzinfo=UTC)


def test_exactly_the_allowed_attempts_pass_in_a_window() -> None:
    """Three attempts pass, the fourth waits for the rest of the window, and the next window is fresh."""
    count: Count | None = None
    for minute in range(3):
        now = START + timedelta(minutes=minute)
        assert wait(count, LIMIT, now) is None
        count = counted(count, LIMIT, now)
    assert wait(count, LIMIT, START + timedelta(minutes=5)) == timedelta(minutes=10)
    assert wait(count, LIMIT, START + timedelta(minutes=15)) is None
    assert counted(count, LIMIT, START + timedelta(minutes=15)).attempts == 1


def test_the_key_tells_nobody_whom_it_counts() -> None:
    """The stored key holds no address, and differs by what is counted."""
    by_account = watch("account", "ada@example.org", LIMIT)
    assert "ada" not in by_account.key
    assert by_account.key != watch("address", "ada@example.org", LIMIT).key
