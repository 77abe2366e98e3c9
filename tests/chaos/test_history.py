"""Promises of the history checker: whole books pass, and each kind of planted fault is found and named."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from harmonic_standalone.testing.chaos.history import Handled, Histories, Logged, Promised, check

REVISED = "physics.universe.revised.v1"
DOCUMENTS = 5
EDITS = 40
JOBS = ("a", "b", "c")


def _whole(seed: int = 1) -> tuple[Promised, Histories]:
    """The books of a run without fault: edits of several documents, mixed, and a consumer that has handled all."""
    chance = random.Random(seed)
    promised: dict[tuple[str, str], list[int]] = {}
    log = []
    for number in range(1, EDITS + 1):
        subject = f"universe/{chance.randrange(DOCUMENTS)}"
        revisions = promised.setdefault(("physics", subject), [])
        revisions.append(len(revisions) + 1)
        log.append(Logged(number, REVISED, subject, len(revisions), len(revisions)))
    handled = [_handling(place, each) for place, each in enumerate(log)]
    once = dict.fromkeys(JOBS, 1)
    return Promised(promised, JOBS), Histories(
        {"physics": log}, {"audio": handled}, {"audio": frozenset({REVISED})}, once, once
    )


def _handling(place: int, event: Logged) -> Handled:
    return Handled(place, "physics", event.number, event.type, event.subject, event.sequence)


def _with_log(found: Histories, log: Sequence[Logged]) -> Histories:
    return replace(found, logs={"physics": log}, handled={}, types={})


def _with_handled(found: Histories, handled: Sequence[Handled]) -> Histories:
    return replace(found, handled={"audio": handled})


def _swapped(handled: Sequence[Handled]) -> list[Handled]:
    """Two messages of one subject change places."""
    subject = handled[0].subject
    first, second = [each for each in handled if each.subject == subject][:2]
    places = {first.number: second.place, second.number: first.place}
    return [replace(each, place=places.get(each.number, each.place)) for each in handled]


def _swapped_log(log: Sequence[Logged]) -> list[Logged]:
    subject = log[0].subject
    first, second = [each for each in log if each.subject == subject][:2]
    numbers = {first.number: second.number, second.number: first.number}
    return [replace(each, number=numbers.get(each.number, each.number)) for each in log]


def test_whole_books_have_no_fault() -> None:
    """A run that kept every promise is found without fault, whatever the order of its subjects among each other."""
    for seed in range(20):
        promised, found = _whole(seed)
        assert check(promised, found) == []
        shuffled = sorted(found.logs["physics"], key=lambda each: each.subject)
        assert check(promised, replace(found, logs={"physics": shuffled})) == [], "rows may be read in any order"


PLANTED: dict[str, tuple[str, Callable[[Histories], Histories]]] = {
    "an answered edit is not in the log": ("lost", lambda f: _with_log(f, f.logs["physics"][:-1])),
    "a number is missing in the log": ("lost", lambda f: _with_log(f, f.logs["physics"][:3] + f.logs["physics"][4:])),
    "an edit is told twice": (
        "doubled",
        lambda f: _with_log(f, [*f.logs["physics"], replace(f.logs["physics"][-1], number=EDITS + 1)]),
    ),
    "an edit that nobody was answered for is told": (
        "doubled",
        lambda f: _with_log(f, [*f.logs["physics"], Logged(EDITS + 1, REVISED, "universe/0", 999, 999)]),
    ),
    "two events of a subject changed places in the log": (
        "disordered",
        lambda f: _with_log(f, _swapped_log(f.logs["physics"])),
    ),
    "a handler missed a message": ("lost", lambda f: _with_handled(f, f.handled["audio"][:-1])),
    "a handler took a message twice": (
        "doubled",
        lambda f: _with_handled(f, [*f.handled["audio"], replace(f.handled["audio"][-1], place=EDITS)]),
    ),
    "a handler took a message that is in no log": (
        "doubled",
        lambda f: _with_handled(f, [*f.handled["audio"], replace(f.handled["audio"][-1], number=EDITS + 9)]),
    ),
    "a handler took a subject's messages in the wrong order": (
        "disordered",
        lambda f: _with_handled(f, _swapped(f.handled["audio"])),
    ),
    "a job never ended": ("lost", lambda f: replace(f, done={"a": 1, "b": 1})),
    "a job ended twice": ("doubled", lambda f: replace(f, done={"a": 1, "b": 1, "c": 2})),
    "the end of a job was not told": ("lost", lambda f: replace(f, told={"a": 1, "b": 1})),
    "the end of a job was told twice": ("doubled", lambda f: replace(f, told={"a": 1, "b": 2, "c": 1})),
}


@pytest.mark.parametrize("what", PLANTED)
def test_a_planted_fault_is_found(what: str) -> None:
    """Each way to lose, to double or to disorder one thing among forty is found, by its kind."""
    kind, plant = PLANTED[what]
    for seed in range(10):
        promised, found = _whole(seed)
        faults = check(promised, plant(found))
        assert kind in {fault.kind for fault in faults}, (seed, faults)


def test_a_type_that_a_consumer_does_not_handle_is_not_missed() -> None:
    """A consumer owes nothing for what it never asked for."""
    promised, found = _whole()
    other = Logged(EDITS + 1, "physics.universe.deleted.v1", "universe/0", 999)
    assert check(promised, replace(found, logs={"physics": [*found.logs["physics"], other]})) == []


def test_it_is_quick_enough_for_the_long_form() -> None:
    """A hundred thousand events with four consumers are judged in seconds: the work grows in step with the books."""
    log = [Logged(n + 1, REVISED, f"universe/{n % 100}", n // 100 + 1, n // 100 + 1) for n in range(20_000)]
    promised = Promised({("physics", f"universe/{each}"): list(range(1, 201)) for each in range(100)})
    handled = [_handling(place, each) for place, each in enumerate(log)]
    consumers = {f"consumer-{each}": handled for each in range(4)}
    types = dict.fromkeys(consumers, frozenset({REVISED}))
    assert check(promised, Histories({"physics": log}, consumers, types)) == []
