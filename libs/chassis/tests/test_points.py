"""Promises of the marked points: each declared one stands in the code, unarmed they do nothing, armed they tell."""

import re
import timeit
from collections.abc import Iterator
from pathlib import Path

import pytest

import harmonic_chassis
from harmonic_chassis import points

SOURCES = Path(harmonic_chassis.__path__[0])


@pytest.fixture
def passed() -> Iterator[list[str]]:
    """The points that this process passes."""
    found: list[str] = []
    points.arm(found.append)
    yield found
    points.arm(None)


def test_every_declared_point_stands_in_the_code_and_no_other() -> None:
    """A point that is declared can be reached, and one that can be reached is declared, with what is true there."""
    text = "\n".join(path.read_text() for path in SOURCES.rglob("*.py") if path.name != "points.py")
    placed = set(re.findall(r'\breach\("([a-z_.]+)"\)', text))
    assert placed == set(points.POINTS)


def test_an_armed_point_tells_and_an_unarmed_one_is_silent(passed: list[str]) -> None:
    """What is armed hears each point by its name, until it is disarmed."""
    points.reach("relay.published")
    points.arm(None)
    points.reach("relay.confirmed")
    assert passed == ["relay.published"]


def test_an_unarmed_point_costs_next_to_nothing() -> None:
    """Less than a microsecond a point, of the hundred and more that a message costs."""
    points.arm(None)
    best = min(timeit.repeat("reach('relay.published')", "from harmonic_chassis.points import reach", number=10_000))
    assert best / 10_000 < 1e-6


def test_the_page_on_the_event_path_names_each_point_with_what_is_true_there() -> None:
    """Who reads the page reads what the code says."""
    page = (Path(__file__).parents[3] / "docs" / "explanation" / "event-path.md").read_text()
    for point, truth in points.POINTS.items():
        assert f"| `{point}` | {truth} |" in page
