"""The sound engine: modal bank, strings and additive voices against the clock, their closed forms and other engines."""

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from bench import audio_peers, midi
from bench.audio_peers import Peer
from bench.result import Figure, Measurement

TIMES = 5


def measure() -> Measurement:
    """Processor time of the render call in a warm worker, the best of some; peers as whole processes."""
    from bench import audio_work as work

    peers = audio_peers.measure()
    modal, plain = _best(work.modal), _best(work.plain_strings)
    tuned, sines = _best(work.tuned_strings), _best(work.sines)
    figures = [
        Figure("modal bank, 1,024 modes, 960 strikes, stems", work.SECONDS / modal, "x real time", 200.0, True),
        *_against("modal", modal, peers, 7.0),
        Figure("modal bank, error against the closed form", _error(work.modal(), work.modal_exact), "dB", -130.0),
        Figure("64 strings, the peers' plain loop", work.SECONDS / plain, "x real time", 250.0, True),
        *_against("string", plain, peers),
        Figure("64 strings, tuned, in double precision", work.SECONDS / tuned, "x real time", 80.0, True),
        Figure("additive, 1,024 partials with vibrato", work.SECONDS / sines, "x real time", 100.0, True),
        *_against("additive", sines, peers),
        Figure("additive, error against the closed form", _error(work.sines(), work.sines_exact), "dB", -130.0),
        *midi.figures(),
    ]
    figures += [
        Figure(f"{peer.engine}, {peer.workload}", work.SECONDS / peer.seconds, "x real time")
        for peer in peers
        if peer.seconds is not None
    ]
    notes = [f"{peer.engine} {peer.workload}: not measured, {peer.reason}." for peer in peers if peer.seconds is None]
    notes.append("Processor time on one core, all in one run; peers write files and count from their process's start.")
    return Measurement("audio", "python -m bench audio", figures, notes)


def _against(workload: str, ours: float, peers: list[Peer], bar: float | None = None) -> list[Figure]:
    """The fastest peer over ours."""
    times = {peer.engine: peer.seconds for peer in peers if peer.workload == workload and peer.seconds is not None}
    if not times:
        return []
    best = min(times, key=lambda engine: times[engine])
    return [Figure(f"{workload}, best peer ({best}) over ours", times[best] / ours, "", bar, True)]


def _best(work: Callable[[], object]) -> float:
    work()
    return min(_timed(work) for _ in range(TIMES))


def _timed(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _error(
    found: NDArray[np.float32], exact: Callable[[int, int], NDArray[np.float64]], stretch: int = 12_000
) -> float:
    """The larger error of two stretches, one early and one at the end."""
    errors = []
    for first in (5 * 48_000, found.shape[1] - stretch):
        true = exact(first, first + stretch)
        off = found[:, first : first + stretch] - true
        errors.append(10.0 * float(np.log10(np.sum(off**2) / np.sum(true**2))))
    return max(errors)
