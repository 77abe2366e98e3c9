"""A synthetic performance whose every number is known: circular orbits, a note at each crossing of the +x axis."""

from pathlib import Path
from typing import Any

import numpy as np

from harmonic_contracts.score import Cause, KeyMark, Note, Score, TempoMark, Voice
from harmonic_contracts.trajectory import Body, Certificate, Observable, TrajectoryHeader
from harmonic_export.facts import Facts
from harmonic_export.performance import Events, Performance, Trajectory
from harmonic_export.pictures.spec import VisualizationSpec

NAMES = ("b", "c", "d", "e", "f", "g", "h")
PERIODS_D = (1.510826, 2.421937, 4.049219, 6.101013, 9.207540, 12.352446, 18.772866)
RADII_AU = (0.01154, 0.01580, 0.02227, 0.02925, 0.03849, 0.04683, 0.06189)
INSTRUMENTS = ("glass bell", "glass bell", "marimba", "marimba", "soft string", "soft string", "deep bowl")
DIGEST = "0" * 64
SAMPLE_RATE = 48_000


def trajectory(days: float = 340.0, frames: int = 6_000) -> Trajectory:
    """A star and seven planets on circles in the plane of x and y."""
    time = np.linspace(0.0, days, frames)
    angle = 2 * np.pi * (time[:, None] / np.array(PERIODS_D) + np.linspace(0.05, 0.9, 7))
    position = np.zeros((frames, 8, 3))
    position[:, 1:, 0] = np.array(RADII_AU) * np.cos(angle)
    position[:, 1:, 1] = np.array(RADII_AU) * np.sin(angle)
    arrays = {"position": position, "energy_error": np.linspace(0.0, 1e-15, frames)}
    return Trajectory(_header(frames), time, arrays, _transits(days))


def _transits(days: float) -> Events:
    rows = []
    for planet, (period, phase) in enumerate(zip(PERIODS_D, np.linspace(0.05, 0.9, 7), strict=True)):
        times = (np.arange(1, int(days / period) + 2) - phase) * period
        rows += [(float(t), planet + 1) for t in times if t < days]
    rows.sort()
    body = np.array([planet for _, planet in rows], dtype=np.int64)
    place = np.zeros((len(rows), 3))
    place[:, 0] = np.array((0.0, *RADII_AU))[body]
    nothing = np.full(len(rows), -1, dtype=np.int64)
    times = np.array([t for t, _ in rows])
    return Events(times, np.zeros(len(rows), dtype=np.int64), body, nothing, np.ones(len(rows)), place)


def _header(frames: int) -> TrajectoryHeader:
    return TrajectoryHeader(
        system="orbits",
        time_unit="d",
        length_unit="AU",
        frames=frames,
        bodies=[Body(name="TRAPPIST-1", mass=0.0898), *(Body(name=n, mass=3e-6) for n in NAMES)],
        observables=[
            Observable(name="position", unit="AU", shape=[8, 3], per_body=True),
            Observable(name="energy_error", unit="1", shape=[]),
        ],
        event_kinds=["transit"],
        certificate=Certificate(method="closed form", engine_version="1", steps=frames, invariants={"energy": 1e-15}),
        spec={"bodies": 8},
        seed=7,
    )


def score(made_of: Trajectory, length_s: float = 60.0) -> Score:
    """A note at each transit; the pitch follows the rate, so the chain of resonances is a chord."""
    days = float(made_of.time[-1])
    notes = []
    for time, body in zip(made_of.events.time.tolist(), made_of.events.body_a.tolist(), strict=True):
        voice = body - 1
        cause = Cause(kind="transit", bodies=[NAMES[voice]], time=time)
        notes.append(
            Note(
                onset_s=time / days * length_s,
                duration_s=0.6 + 0.25 * voice,
                frequency_hz=880.0 * PERIODS_D[0] / PERIODS_D[voice],
                loudness=0.55 + 0.06 * voice,
                voice=voice,
                cause=cause,
            )
        )
    notes.sort(key=lambda n: (n.onset_s, n.voice, n.frequency_hz))
    return Score(
        title="TRAPPIST-1",
        duration_s=length_s,
        voices=[Voice(name=n, instrument=i) for n, i in zip(NAMES, INSTRUMENTS, strict=True)],
        notes=notes,
        tempo_map=[TempoMark(time_s=0.0, bpm=120.0)],
        key_map=[KeyMark(time_s=0.0, tonic="A", scale="major", tonic_hz=440.0)],
        legend=["each crossing of a fixed direction is a note"],
    )


def performance(folder: Path, picture: VisualizationSpec | None = None, **sizes: Any) -> Performance:
    """The whole performance; its master and MIDI lie in the folder."""
    moved = trajectory(**sizes)
    sounded = score(moved)
    master, midi = folder / "input.wav", folder / "input.mid"
    write_master(master)
    midi.write_bytes(b"MThd\x00\x00\x00\x06\x00\x00\x00\x01\x03\xc0MTrk\x00\x00\x00\x04\x00\xff\x2f\x00")
    facts = Facts(
        seed=7,
        physics_engine="1",
        audio_engine="1",
        simulation_digest=DIGEST,
        rendering_digest=DIGEST,
        frames=len(moved.time),
        events=len(moved.events.time),
        duration=float(moved.time[-1]),
        time_unit="d",
        energy_error=1e-15,
        notes=len(sounded.notes),
        key="A major",
        duration_s=sounded.duration_s,
    )
    documents: dict[str, Any] = {"universe": {"name": "TRAPPIST-1"}, "soundscape": {"length_s": 60.0}}
    picture = picture or VisualizationSpec()
    return Performance(sounded.title, master, midi, sounded, moved, **documents, facts=facts, picture=picture)


def write_master(path: Path, seconds: float = 2.0, subtype: str = "PCM_24") -> None:
    """A stereo chord of two sines."""
    import soundfile

    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    sides = [0.4 * np.sin(2 * np.pi * f * time) for f in (440.0, 550.0)]
    soundfile.write(path, np.stack(sides, axis=1), SAMPLE_RATE, subtype=subtype)
