"""Promises of the plan: a seed repeats its choices, and every point gets its share of kills."""

from harmonic_chassis.points import POINTS
from harmonic_standalone.testing.chaos.plan import REACHABLE, Plan
from harmonic_standalone.testing.chaos.run import storms


def _carried_out(plan: Plan) -> list[tuple[str, str]]:
    """The kills, where each process in turn dies at the first of its points."""
    kills = []
    while not plan.fulfilled:
        for program in REACHABLE:
            arms = plan.arm(program)
            if arms is not None:
                point = min(arms.at, key=lambda each: arms.at[each])
                plan.note(point)
                kills.append((program, point))
    return kills


def test_a_seed_repeats_its_choices() -> None:
    """Two plans of one seed arm alike; another seed arms otherwise. So do storms."""
    assert _carried_out(Plan.even(7, 3)) == _carried_out(Plan.even(7, 3))
    assert _carried_out(Plan.even(7, 3)) != _carried_out(Plan.even(8, 3))
    assert Plan.sample(7, 5).wanted == Plan.sample(7, 5).wanted
    assert storms(7, 2) == storms(7, 2) != storms(8, 2)


def test_every_point_kills_as_often_as_wanted() -> None:
    """A plan ends only when each marked point has killed its twenty times."""
    plan = Plan.even(1, 20)
    _carried_out(plan)
    assert set(plan.killed) == set(POINTS)
    assert min(plan.killed.values()) >= 20


def test_who_has_nothing_left_to_die_of_lives() -> None:
    """Once the points of a process have their share, it is started unarmed."""
    plan = Plan.even(1, 1, ["job.committed"])
    assert plan.arm("ai") is None
    assert plan.arm("physics-worker") is not None
    plan.note("job.committed")
    assert plan.arm("physics-worker") is None
