"""The embedded platform as a process of its own, with the processor time that it has used."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
START_S = 120.0


@dataclass(frozen=True)
class Platform:
    """A running platform. `ready_s` and `ready_cpu_s` are what its start took, in wall and in processor time."""

    address: str
    process: "subprocess.Popen[str]"
    ready_s: float
    ready_cpu_s: float

    @property
    def cpu_s(self) -> float:
        """Seconds of processor time that it has used so far."""
        return cpu_seconds(self.process.pid)


def cpu_seconds(pid: int) -> float:
    """User and system time of a process with its threads, by the kernel's own books (steps of 10 ms)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND


@contextmanager
def platform(data: Path) -> Iterator[Platform]:
    """Serve from the folder on a free port until the end of the block."""
    command = (sys.executable, "-m", "harmonic_client", "serve", "--data", str(data), "--port", "0")
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        address = _address(process)
        yield Platform(address, process, time.perf_counter() - began, cpu_seconds(process.pid))
    finally:
        process.terminate()
        process.wait(timeout=START_S)


def _address(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if "listens at " in line:
            return line.rsplit(" ", 1)[1].strip().rstrip("/")
    raise RuntimeError(f"the platform ended with code {process.wait()} before it was ready")
