"""What a service writes to have durable work done: a kind of job, and the work that advances in ticks."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar

from pydantic import BaseModel

from harmonic_contracts.problems import Problem

if TYPE_CHECKING:
    from harmonic_chassis.service import Chassis
    from harmonic_chassis.uow import UnitOfWork

P = TypeVar("P", bound=BaseModel)
R = TypeVar("R")


class JobRefused(Exception):
    """The work can never be done as asked: the job fails at once with this problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail or problem.title)
        self.problem = problem


@dataclass(frozen=True)
class Checkpoint:
    """All that is needed to go on from here: a state, and the first so many bytes of append-only files."""

    state: bytes
    files: Mapping[str, int] = field(default_factory=dict)
    """Paths below `JobContext.scratch` -> length. Only what was appended since the last checkpoint is saved."""


class Work(Protocol):
    """Work that advances in ticks. `tick` and `checkpoint` run in a thread, never at the same time."""

    def tick(self) -> float | Awaitable[float]:
        """At most 100 ms of work; returns the progress, 1.0 when all is done. An `async def` runs on the event loop."""
        ...

    def checkpoint(self) -> bytes | Checkpoint | None:
        """The state to resume from, bit for bit. None where nothing is worth saving: it is not interrupted then."""
        ...


class _NoWork:
    def tick(self) -> float:
        return 1.0

    def checkpoint(self) -> None:
        return None


NO_WORK: Work = _NoWork()
"""For jobs that do all in `finish`, e.g. because they only wait for others."""


@dataclass
class JobContext(Generic[P]):
    """What a job knows of itself while it runs."""

    job_id: str
    organization_id: str
    actor_id: str | None
    payload: P
    attempt: int
    checkpoint: bytes | None
    """The state of the last checkpoint; the files that it named are in `scratch` again, cut to their length."""
    scratch: Path
    """A private folder, gone when the run ends."""
    chassis: "Chassis"
    cancelled: Callable[[], bool] = field(default=lambda: False)
    """Whether to stop now. Cheap and callable from any thread: long kernels poll it."""


class JobKind(ABC, Generic[P, R]):
    """A kind of durable work. One object serves all jobs of the kind, so it keeps no state of theirs."""

    kind: ClassVar[str]
    """Its name, e.g. ``physics.simulate``."""
    payload: ClassVar[type[BaseModel]]
    max_attempts: ClassVar[int] = 3
    """Failed attempts in a row, without progress between them, after which the job has failed."""

    @abstractmethod
    async def prepare(self, job: JobContext[P]) -> Work:
        """Fetch what is needed and set the work up, from `job.checkpoint` where there is one."""

    @abstractmethod
    async def finish(self, job: JobContext[P], work: Work) -> R:
        """Make the result of finished work and store its artifacts. May be repeated after a crash."""

    @abstractmethod
    async def complete(self, job: JobContext[P], result: R, uow: "UnitOfWork") -> dict[str, Any] | None:
        """Write the domain's rows and events, in the transaction that ends the job; returns the operation's result."""

    async def failed(self, job: JobContext[P], problem: Problem, cancelled: bool, uow: "UnitOfWork") -> None:
        """The same for the end without result."""
        return
