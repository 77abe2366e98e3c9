"""Promises of an armed process: it dies where its arms say, and of nothing that has been taken from them."""

import json
import os
from pathlib import Path

import pytest

from harmonic_standalone.testing.chaos import process


@pytest.fixture
def deaths(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The kills, carried out on nobody; arms are looked at on every passing."""
    found: list[int] = []
    monkeypatch.setattr(os, "kill", lambda pid, _: found.append(pid))
    monkeypatch.setattr(process, "LOOK_S", 0.0)
    return found


def _arm(file: Path, at: dict[str, int], made: int, after_s: float = 0.0) -> None:
    file.write_text(json.dumps({"after_s": after_s, "at": at}))
    os.utime(file, ns=(made, made))


def test_nobody_dies_unarmed(tmp_path: Path, deaths: list[int]) -> None:
    """Without the file of arms a point is noted when it is first passed, and kills nobody."""
    death = process.Death(tmp_path / "arms", tmp_path / "log")
    death("job.committed")
    death("job.committed")
    assert deaths == []
    assert (tmp_path / "log").read_text() == "passed job.committed\n"


def test_a_process_dies_at_the_passing_that_was_chosen(tmp_path: Path, deaths: list[int]) -> None:
    """Armed for the second passing of a point, it dies there and tells where."""
    _arm(tmp_path / "arms", {"job.committed": 2}, 1)
    death = process.Death(tmp_path / "arms", tmp_path / "log")
    death("job.committed")
    death("relay.logged")
    assert deaths == []
    death("job.committed")
    assert deaths == [os.getpid()]
    assert (tmp_path / "log").read_text().splitlines()[-1] == "killed job.committed"


def test_arms_change_while_the_process_lives(tmp_path: Path, deaths: list[int]) -> None:
    """Given other arms, it dies of those and no more of the first; when they are taken away, of none."""
    arms = tmp_path / "arms"
    _arm(arms, {"job.committed": 1}, 1, after_s=60.0)
    death = process.Death(arms, tmp_path / "log")
    death("job.committed")
    _arm(arms, {"relay.logged": 1}, 2)
    death("job.committed")
    assert deaths == []
    death("relay.logged")
    assert len(deaths) == 1
    arms.unlink()
    death("relay.logged")
    assert len(deaths) == 1
