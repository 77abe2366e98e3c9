"""The job that finds a suggestion: a search over the real engine, one measurement a tick."""

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import orjson
from pydantic import BaseModel

from harmonic_ai.descriptors import Descriptors
from harmonic_ai.engine import Engine, Piece, ProbeRefused
from harmonic_ai.search.goals import GOALS, GoalName, gain
from harmonic_ai.search.knobs import Knob, write
from harmonic_ai.search.levers import environment_knobs, soundscape_knobs
from harmonic_ai.search.reason import reason
from harmonic_ai.search.search import Offsets, Search, Trial
from harmonic_ai.store import universes
from harmonic_ai.store.suggestions import Change, Found
from harmonic_ai.store.tables import SuggestionRow
from harmonic_chassis.jobs import JobContext, JobKind, JobRefused, Work
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts import problems
from harmonic_contracts.messages.ai import SuggestionCompleted, SuggestionFailed
from harmonic_contracts.problems import Problem

Scope = Literal["any", "soundscape", "environment"]


class SuggestPayload(BaseModel):
    """What to look for."""

    universe_id: str
    goal: GoalName
    scope: Scope = "any"


class State(BaseModel):
    """A search that can go on elsewhere: where it started and what was measured."""

    piece: Piece
    base: Descriptors
    trials: list[tuple[list[tuple[str, float]], Descriptors | None]] = []


@dataclass
class Suggesting:
    """Ask the search, measure on the engine, tell the search."""

    engine: Engine
    piece: Piece
    trajectory: bytes
    search: Search

    async def tick(self) -> float:
        offsets = self.search.ask()
        if offsets is None:
            return 1.0
        self.search.tell(offsets, await self._measure(offsets))
        return min(self.search.progress, 0.99)

    def checkpoint(self) -> bytes:
        trials = [(list(trial.offsets), trial.descriptors) for trial in self.search.trials]
        return State(piece=self.piece, base=self.search.base, trials=trials).model_dump_json().encode()

    async def _measure(self, offsets: Offsets) -> Descriptors | None:
        universe, soundscape = self.piece.universe, self.piece.soundscape
        for knob, value in self.search.values(offsets).items():
            if knob.document == "universe":
                universe = write(universe, knob.path, value)
            else:
                soundscape = write(soundscape, knob.path, value)
        try:
            changed = universe is not self.piece.universe
            trajectory = await self.engine.simulate(universe) if changed else self.trajectory
            return await self.engine.listen(soundscape, trajectory)
        except ProbeRefused:
            return None  # outside the engine's domain: this candidate is no suggestion


class SuggestJob(JobKind[SuggestPayload, Found]):
    """Search; store what was found, or that nothing was."""

    kind: ClassVar[str] = "ai.suggest"
    payload: ClassVar[type[SuggestPayload]] = SuggestPayload

    async def prepare(self, job: JobContext[SuggestPayload]) -> Work:
        engine = Engine(job.chassis.peers, job.organization_id, job.actor_id)
        try:
            return await self._work(job, engine)
        except ProbeRefused as refused:
            raise JobRefused(refused.problem) from refused

    async def _work(self, job: JobContext[SuggestPayload], engine: Engine) -> Work:
        saved = State.model_validate(orjson.loads(job.checkpoint)) if job.checkpoint else None
        piece = saved.piece if saved else await engine.piece(job.payload.universe_id)
        trajectory = await engine.simulate(piece.universe)
        base = saved.base if saved else await engine.listen(piece.soundscape, trajectory)
        search = Search(GOALS[job.payload.goal], _knobs(piece, job.payload.scope), base)
        for offsets, measured in saved.trials if saved else []:
            search.trials.append(Trial(tuple((name, offset) for name, offset in offsets), measured))
        return Suggesting(engine, piece, trajectory, search)

    async def finish(self, job: JobContext[SuggestPayload], work: Work) -> Found:
        assert isinstance(work, Suggesting)
        best = work.search.best()
        if best is None or best.descriptors is None:
            tried = len(work.search.trials)
            detail = f"None of {tried} measured changes makes this universe audibly {work.search.goal.words}"
            raise JobRefused(problems.CONFLICT.document(detail))
        return _found(work, best, best.descriptors)

    async def complete(self, job: JobContext[SuggestPayload], result: Found, uow: UnitOfWork) -> dict[str, Any] | None:
        row = await uow.session.get(SuggestionRow, job.job_id)
        if row is None:  # erased meanwhile
            return None
        row.state = "found"
        row.found = result.model_dump(mode="json")
        owned = await universes.owned(uow, row.universe_id)
        owned.emit(SuggestionCompleted(**facts_of(row)), organization_id=row.organization_id)
        return {"suggestion_id": row.suggestion_id, "reason": result.reason}

    async def failed(self, job: JobContext[SuggestPayload], problem: Problem, cancelled: bool, uow: UnitOfWork) -> None:
        row = await uow.session.get(SuggestionRow, job.job_id)
        if row is None:  # erased meanwhile
            return
        row.state = "none"
        row.problem = problem.model_dump(mode="json")
        failed = SuggestionFailed(**facts_of(row), reason=problem.detail or problem.title, cancelled=cancelled)
        owned = await universes.owned(uow, row.universe_id)
        owned.emit(failed, organization_id=row.organization_id)


def _knobs(piece: Piece, scope: Scope) -> list[Knob]:
    soundscape = soundscape_knobs(piece.soundscape) if scope != "environment" else []
    environment = environment_knobs(piece.universe.get("environment") or {}) if scope != "soundscape" else []
    if not soundscape and not environment:
        detail = "This universe's system has no environment parameters to turn; choose the scope `soundscape`"
        raise JobRefused(problems.CONFLICT.document(detail))
    return [*soundscape, *environment]


def _found(work: Suggesting, best: Trial, after: Descriptors) -> Found:
    search = work.search
    turned = search.values(best.offsets)
    document = next(iter(turned)).document
    in_universe = document == "universe"
    return Found(
        document=document,
        document_id=work.piece.universe_id if in_universe else work.piece.soundscape_id,
        base_revision=work.piece.universe_revision if in_universe else work.piece.soundscape_revision,
        changes=[
            Change(path=list(knob.path), before=knob.current, after=value, unit=knob.unit)
            for knob, value in turned.items()
        ],
        before=search.base,
        after=after,
        gain=gain(search.goal, search.base, after),
        reason=reason(search.goal, turned, search.base, after),
        trials=len(search.trials),
    )


def facts_of(row: SuggestionRow) -> dict[str, Any]:
    """What every event of a suggestion says."""
    return {
        "suggestion_id": row.suggestion_id,
        "universe_id": row.universe_id,
        "organization_id": row.organization_id,
        "goal": row.goal,
    }
