"""Other engines on the same workloads: csound, scsynth and Faust, each where its programs and itself are there.

The folder of their programs is named by HARMONIC_BENCH_PEERS: modal, string and additive as .csd (csound) and .dsp
(Faust), sc_make.py and sc_klank.py, which write .osc scores for scsynth with the package supriya. All write files.
"""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

FOLDER = "HARMONIC_BENCH_PEERS"
ARCHITECTURE = Path(__file__).parent / "peers" / "offline.cpp"
TIMES = 2
COMPILE_LIMIT_S = 600
FAUST_VECTOR = ("-vec", "-lv", "1", "-vs", "64")
COMPILER = ("g++", "-O3", "-march=native", "-ffast-math")


@dataclass(frozen=True)
class Peer:
    """A peer's best processor time for a workload, or why there is none."""

    engine: str
    workload: str
    seconds: float | None
    reason: str = ""


def measure() -> list[Peer]:
    """All that can be run here."""
    named = os.environ.get(FOLDER)
    if not named or not Path(named).is_dir():
        return [Peer("all peers", "", None, f"{FOLDER} does not name the folder of their programs")]
    with _copied(Path(named)) as folder:
        return [*_csound(folder), *_scsynth(folder), *_faust(folder)]


@contextmanager
def _copied(programs: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "programs"
        shutil.copytree(programs, folder)
        yield folder


def _csound(folder: Path) -> list[Peer]:
    if not shutil.which("csound"):
        return [Peer("csound", "", None, "csound is not installed")]
    found = [name for name in ("modal", "string", "additive") if (folder / f"{name}.csd").exists()]
    return [_timed("csound", name, folder, ["csound", "-o", "out.wav", f"{name}.csd"]) for name in found]


def _scsynth(folder: Path) -> list[Peer]:
    if not shutil.which("scsynth"):
        return [Peer("scsynth", "", None, "scsynth is not installed")]
    for maker in ("sc_make.py", "sc_klank.py"):
        made = subprocess.run([sys.executable, maker], cwd=folder, capture_output=True, text=True, check=False)
        if made.returncode:
            return [Peer("scsynth", "", None, f"{maker} failed: {made.stderr.strip().splitlines()[-1]}")]
    command = ["scsynth", "-N", "SCORE", "_", "out.wav", "48000", "WAV", "float", "-o", "2"]
    scores = {"modal": ("modal", "scsynth Ringz"), "klank": ("modal", "scsynth Klank"), "string": ("string", "scsynth"),
              "additive": ("additive", "scsynth")}  # fmt: skip
    return [
        _timed(engine, workload, folder, [f"{score}.osc" if word == "SCORE" else word for word in command])
        for score, (workload, engine) in scores.items()
    ]


def _faust(folder: Path) -> list[Peer]:
    if not (shutil.which("faust") and shutil.which("g++")):
        return [Peer("Faust", "", None, "faust and g++ are not both installed")]
    found = []
    for name in ("modal", "string", "additive"):
        if not (folder / f"{name}.dsp").exists():
            continue
        translated = ["faust", *FAUST_VECTOR, "-a", str(ARCHITECTURE), f"{name}.dsp", "-o", f"{name}.cpp"]
        for command in (translated, [*COMPILER, f"{name}.cpp", "-o", name]):
            if fault := _fault(folder, command):
                found.append(Peer("Faust -vec", name, None, fault))
                break
        else:
            found.append(_timed("Faust -vec", name, folder, [f"./{name}", "out.raw"]))
    return found


def _fault(folder: Path, command: list[str]) -> str:
    """Run a compiler; what went wrong, or nothing."""
    try:
        made = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=COMPILE_LIMIT_S)
    except subprocess.TimeoutExpired:
        return f"{command[0]} took longer than {COMPILE_LIMIT_S} s"
    return f"it does not compile: {made.stderr[:200]}" if made.returncode else ""


def _timed(engine: str, workload: str, folder: Path, command: list[str]) -> Peer:
    """Processor time of the whole process, the best of some."""
    best = float("inf")
    for _ in range(TIMES):
        before = _children_s()
        ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if ran.returncode:
            return Peer(engine, workload, None, f"it ended with {ran.returncode}: {ran.stderr.strip()[-200:]}")
        best = min(best, _children_s() - before)
    return Peer(engine, workload, best)


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
