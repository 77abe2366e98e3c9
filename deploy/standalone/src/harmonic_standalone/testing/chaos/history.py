"""The checker: what the client was promised, against what the databases hold. Pure: it reads nothing itself.

The ledger is kept by the client, outside the platform. The histories are the producers' logs, and a witness of what the
consumers' handlers did, written by each handler's own transaction.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Logged:
    """An event of a producer's log. ``revision``: the revision of the document that it tells of, if of any."""

    number: int
    type: str
    subject: str
    sequence: int
    revision: int | None = None


@dataclass(frozen=True, slots=True)
class Handled:
    """A message whose handler's transaction was committed, in the order of ``place``."""

    place: int
    source: str
    number: int
    type: str
    subject: str
    sequence: int


@dataclass(frozen=True)
class Promised:
    """What the client was told: for each document the revisions in the order of their answers, and the jobs accepted.

    ``documents`` is by (service, subject), as ``("physics", "universe/1")``.
    """

    documents: Mapping[tuple[str, str], Sequence[int]]
    jobs: Sequence[str] = ()


@dataclass(frozen=True)
class Histories:
    """What the databases hold: logs by producer, witnesses by consumer with the types that it handles, and job results:
    how often a job is at its end, how often that end was told, and which ended because all their attempts were killed
    (that is promised too: a crash loop ends in a failed job with its reasons)."""

    logs: Mapping[str, Sequence[Logged]]
    handled: Mapping[str, Sequence[Handled]] = field(default_factory=dict)
    types: Mapping[str, frozenset[str]] = field(default_factory=dict)
    done: Mapping[str, int] = field(default_factory=dict)
    told: Mapping[str, int] = field(default_factory=dict)
    given_up: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Fault:
    """A broken promise: ``lost``, ``doubled`` or ``disordered``, where, and which."""

    kind: str
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.where}: {self.what}"


def check(promised: Promised, found: Histories) -> list[Fault]:
    """Every broken promise; empty when all were kept."""
    faults: list[Fault] = []
    for service, log in found.logs.items():
        in_order = sorted(log, key=lambda each: each.number)
        faults += _numbered(service, log) + _in_sequence(f"log of {service}", [(service, each) for each in in_order])
    told = {service: _told(log) for service, log in found.logs.items()}
    for (service, subject), revisions in promised.documents.items():
        faults += _revisions(f"{service}: {subject}", revisions, told.get(service, {}).get(subject, ()))
    for consumer, handled in found.handled.items():
        faults += _consumed(consumer, handled, found.types[consumer], found.logs)
    return faults + _jobs(promised.jobs, found)


def _numbered(service: str, log: Sequence[Logged]) -> list[Fault]:
    """A producer's numbers are 1 to N, each once."""
    counts = Counter(each.number for each in log)
    return _once(f"log of {service}", range(1, max(counts, default=0) + 1), counts)


def _in_sequence(where: str, entries: Iterable[tuple[str, Logged | Handled]]) -> list[Fault]:
    """Within each subject of a source the sequences rise by one."""
    last: dict[tuple[str, str], int] = {}
    faults = []
    for source, each in entries:
        key = (source, each.subject)
        if each.sequence < last.get(key, 0):
            faults.append(Fault("disordered", where, f"{each.subject} has {each.sequence} after {last[key]}"))
        last[key] = max(last.get(key, 0), each.sequence)
    return faults


def _revisions(where: str, revisions: Sequence[int], said: Sequence[int]) -> list[Fault]:
    """Each revision that was answered for is in the log once; no other is; answers and log rise alike."""
    faults = _once(where, revisions, Counter(said))
    faults += [Fault("doubled", where, f"revision {each} was never answered for") for each in {*said} - {*revisions}]
    if list(revisions) != sorted(revisions):
        faults.append(Fault("disordered", where, "the answers' revisions do not rise"))
    if list(said) != sorted(said):
        faults.append(Fault("disordered", where, "the log's revisions do not rise"))
    return faults


def _told(log: Sequence[Logged]) -> Mapping[str, Sequence[int]]:
    """The revisions told of each subject, in the order of the log."""
    found: dict[str, list[int]] = defaultdict(list)
    for each in sorted(log, key=lambda entry: entry.number):
        if each.revision is not None:
            found[each.subject].append(each.revision)
    return found


def _consumed(
    consumer: str, handled: Sequence[Handled], types: frozenset[str], logs: Mapping[str, Sequence[Logged]]
) -> list[Fault]:
    """Every logged event that the consumer handles was handled once, in order within its subject."""
    ordered = sorted(handled, key=lambda each: each.place)
    counts = Counter((each.source, each.number) for each in ordered)
    wanted = [(source, each.number) for source, log in logs.items() for each in log if each.type in types]
    where = f"handlers of {consumer}"
    faults = _once(where, wanted, counts)
    faults += [Fault("doubled", where, f"{each} is in no log") for each in counts.keys() - {*wanted}]
    return faults + _in_sequence(where, [(each.source, each) for each in ordered])


def _jobs(jobs: Sequence[str], found: Histories) -> list[Fault]:
    """Every accepted job has one end, which is told once."""
    return _once("jobs done", jobs, found.done) + _once("jobs told of", jobs, found.told)


def _once(where: str, wanted: Iterable[Key], counts: Mapping[Key, int]) -> list[Fault]:
    faults = []
    for each in wanted:
        if (count := counts.get(each, 0)) != 1:
            faults.append(Fault("doubled" if count else "lost", where, f"{each}, {count} times"))
    return faults
