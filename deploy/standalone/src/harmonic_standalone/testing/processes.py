"""Named processes that a test starts, kills and starts again; their output goes to a file each."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from harmonic_standalone.testing.ledger import Ledger

READY_S = 120.0
STOP_S = 30.0
CHEAP = {
    "HARMONIC_ORGANIZATION_ARGON2_TIME_COST": "1",
    "HARMONIC_ORGANIZATION_ARGON2_MEMORY_KIB": "64",
    "HARMONIC_ORGANIZATION_REGISTRATIONS_ADDRESS": "100000",
    "HARMONIC_GATEWAY_SECRETS_RATE": "100000/minute",
    "HARMONIC_GATEWAY_CALLER_RATE": "100000/minute",
}
"""Tests sign up many users from one address: passwords cost little, and nobody is too fast."""


class NotReady(RuntimeError):
    """A process ended or did not answer in time; the message holds the end of its log."""


@dataclass
class Program:
    """What to run: python arguments, environment, and the URL that answers when it is ready (none: at once)."""

    arguments: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    ready_url: str | None = None


@dataclass
class Platform:
    """A set of named programs. `url` is where the gateway answers."""

    folder: Path
    url: str = ""
    programs: dict[str, Program] = field(default_factory=dict)
    databases: dict[str, str] = field(default_factory=dict)
    _running: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def start(self) -> None:
        """Start every program, and wait until all are ready."""
        for name in self.programs:
            self.spawn(name)
        for name in self.programs:
            self.await_ready(name)

    def spawn(self, name: str) -> None:
        """Start one program without waiting for it."""
        program = self.programs[name]
        with self.log(name).open("ab") as log:
            self._running[name] = subprocess.Popen(  # noqa: S603  (our own interpreter)
                [sys.executable, *program.arguments],
                env={**os.environ, **program.environment},
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def await_ready(self, name: str) -> None:
        """Wait until a program answers. Raises NotReady."""
        url = self.programs[name].ready_url
        deadline = time.monotonic() + READY_S
        while url is not None and not answers(url):
            if self._running[name].poll() is not None or time.monotonic() > deadline:
                raise NotReady(f"{name} is not ready:\n{self.log(name).read_text()[-3000:]}")
            time.sleep(0.05)

    def kill(self, name: str) -> None:
        """kill -9: nothing is said, nothing is saved."""
        process = self._running.pop(name)
        process.kill()
        process.wait()

    def ended(self, name: str) -> int | None:
        """The exit code of a program that has ended by itself, told once; None while it runs, and after."""
        process = self._running.get(name)
        code = process.poll() if process is not None else None
        if code is not None:
            del self._running[name]
        return code

    def end(self, name: str) -> int:
        """SIGTERM to one program; its exit code once it has ended."""
        process = self._running.pop(name)
        process.terminate()
        return _ended(process, time.monotonic() + STOP_S)

    def restart(self, name: str) -> None:
        """Start a killed program again, and wait until it is ready."""
        self.spawn(name)
        self.await_ready(name)

    def pid(self, name: str) -> int:
        """The process id of a running program."""
        return self._running[name].pid

    def signal(self, name: str, number: signal.Signals) -> None:
        """Send a signal to a running program."""
        self._running[name].send_signal(number)

    @property
    def ledger(self) -> Ledger:
        """Its databases, to be read."""
        return Ledger(self.databases)

    def stop(self) -> dict[str, int]:
        """Ask every program to end, wait, and kill what does not; the exit codes."""
        for process in self._running.values():
            process.terminate()
        deadline = time.monotonic() + STOP_S
        codes = {name: _ended(process, deadline) for name, process in self._running.items()}
        self._running.clear()
        return codes

    def kill_all(self) -> None:
        """kill -9 to whatever runs: for an end that cannot wait."""
        for name in list(self._running):
            self.kill(name)

    def log(self, name: str) -> Path:
        """Where a program's output goes."""
        return self.folder / f"{name}.log"

    def logs(self) -> str:
        """All that all programs have said."""
        return "".join(path.read_text(errors="replace") for path in sorted(self.folder.glob("*.log")))


def _ended(process: "subprocess.Popen[bytes]", deadline: float) -> int:
    try:
        return process.wait(max(deadline - time.monotonic(), 0.1))
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


def answers(url: str) -> bool:
    """Whether the URL answers 200 now."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310  (loopback http)
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
