"""Servers of one's own, from this machine's binaries on free loopback ports, that may be killed and started again.

Nothing else uses them, so a test may do to them what a machine does on a bad day. Their data outlives a kill.
"""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from harmonic_chassis.testing.servers import ServerMissing, terminate, wait_for

GONE_S = 20.0


@dataclass
class OwnServer:
    """A server by its command. ``url`` answers, by ``answers``, once it is up."""

    name: str
    url: str
    port: int
    folder: Path
    command: Sequence[str]
    answers: Callable[[], bool]
    user: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    afterwards: Callable[[], None] = field(default=lambda: None)
    """What is left to tidy after the last stop."""
    _process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """Start it, on the data that it had, and wait until it answers. Raises ServerMissing."""
        self._process = subprocess.Popen(  # noqa: S603 - programs of this machine, found by `binary`
            list(self.command),
            user=self.user,
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            wait_for(self.name, self.answers, self._process)
        except ServerMissing:
            self.stop()
            raise

    def kill(self) -> None:
        """SIGKILL to it and all its children; returns when none is left, so that it can be started again."""
        assert self._process is not None
        family = descendants(self._process.pid)
        for pid in (self._process.pid, *family):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait()
        deadline = time.monotonic() + GONE_S
        while any(alive(pid) for pid in family) and time.monotonic() < deadline:
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop it for good and remove its data."""
        if self._process is not None:
            terminate(self._process, self.folder)()
        self.afterwards()


def descendants(pid: int) -> list[int]:
    """The processes below this one, by /proc; none where there is no /proc."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, ValueError):
            own, rest = stat.read_text().split(" (", 1)
            parents[int(own)] = int(rest.rpartition(") ")[2].split()[1])
    found, edge = [], {pid}
    while edge := {child for child, parent in parents.items() if parent in edge}:
        found += sorted(edge)
    return found


def alive(pid: int) -> bool:
    """Whether the process is there and is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()[0] != "Z"
    except OSError:
        return False
