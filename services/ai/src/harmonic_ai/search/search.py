"""A bounded, deterministic search for the change that serves a goal, over measurements of the real engine.

First every knob alone, both ways; then the best one further; then the best of two knobs together. What to ask next is a
function of what was measured, so the history is the whole state: a resumed search goes on as the undisturbed one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from harmonic_ai.descriptors import Descriptors
from harmonic_ai.search.goals import Goal, gain
from harmonic_ai.search.knobs import REACH, Knob

Offsets = tuple[tuple[str, float], ...]
"""A candidate: offset of each turned knob by name, in parts of its range."""
FIRST_STEP = 0.15
SMALLEST_GAIN = 0.25
"""Below a quarter of an audible step a change is no suggestion."""


@dataclass(frozen=True)
class Trial:
    """A candidate and what it sounds like; no descriptors where the engine refused it."""

    offsets: Offsets
    descriptors: Descriptors | None


@dataclass
class Search:
    """Ask for a candidate, measure it, tell the result; `best` is what was found."""

    goal: Goal
    knobs: list[Knob]
    base: Descriptors
    trials: list[Trial] = field(default_factory=list)
    budget: int = 28

    def ask(self) -> Offsets | None:
        """The next candidate, or None when the search has ended."""
        if len(self.trials) >= self.budget:
            return None
        known = {trial.offsets for trial in self.trials}
        return next((candidate for candidate in self._candidates() if candidate not in known), None)

    def tell(self, offsets: Offsets, descriptors: Descriptors | None) -> None:
        """Record what a candidate sounds like."""
        self.trials.append(Trial(offsets, descriptors))

    @property
    def progress(self) -> float:
        return len(self.trials) / min(self.budget, 2 * len(self.knobs) + 8)

    def best(self) -> Trial | None:
        """The trial with the largest gain, if it is worth suggesting."""
        ranked = self._ranked()
        return ranked[0] if ranked and self._gain(ranked[0]) >= SMALLEST_GAIN else None

    def values(self, offsets: Offsets) -> dict[Knob, float]:
        """The value of each turned knob."""
        by_name = {knob.name: knob for knob in self.knobs}
        return {by_name[name]: by_name[name].at(offset) for name, offset in offsets}

    def _gain(self, trial: Trial) -> float:
        return gain(self.goal, self.base, trial.descriptors) if trial.descriptors else float("-inf")

    def _ranked(self) -> list[Trial]:
        return sorted((t for t in self.trials if t.descriptors), key=self._gain, reverse=True)

    def _candidates(self) -> Iterator[Offsets]:
        for knob in self.knobs:
            yield from (((knob.name, sign * FIRST_STEP),) for sign in (1.0, -1.0) if self._moves(knob, sign))
        alone = [t for t in self._ranked() if len(t.offsets) == 1 and self._gain(t) > 0.0]
        if alone:
            name, offset = alone[0].offsets[0]
            yield from (((name, round(offset * scale, 6)),) for scale in (2.0, 3.0) if abs(offset) * scale <= REACH)
        yield from self._pairs()

    def _pairs(self) -> Iterator[Offsets]:
        """The best offset of each of the three best knobs, two at a time; both in one document, so that one revision
        holds the change."""
        best_of_each: dict[str, tuple[str, float]] = {}
        for trial in self._ranked():
            if len(trial.offsets) == 1 and self._gain(trial) > 0.0:
                best_of_each.setdefault(trial.offsets[0][0], trial.offsets[0])
        leaders = list(best_of_each.values())[:3]
        for i, one in enumerate(leaders):
            yield from (tuple(sorted((one, two))) for two in leaders[i + 1 :] if _document(one) == _document(two))

    @staticmethod
    def _moves(knob: Knob, sign: float) -> bool:
        return knob.at(sign * FIRST_STEP) != knob.current


def _document(turned: tuple[str, float]) -> str:
    return turned[0].split(".", 1)[0]
