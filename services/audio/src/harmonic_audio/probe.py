"""Probes: what would this trajectory sound like through this soundscape? Bounded, undurable, cached by digest."""

import asyncio
import hashlib
import tempfile
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from harmonic_audio.engine import MAPPING_VERSION
from harmonic_audio.mapping import map_to_score
from harmonic_audio.mapping.descriptors import describe
from harmonic_audio.mapping.motion import MappingError
from harmonic_audio.soundscape import Soundscape
from harmonic_audio.trajectories import motion_of
from harmonic_chassis.http import ProblemError, problems, refused
from harmonic_chassis.trajectory_file import BadArchive

AT_ONCE = 2


@dataclass
class Probes:
    """The probes of a process: few at once, the last answers kept."""

    cache_size: int
    most_events: int
    _cache: OrderedDict[str, bytes] = field(default_factory=OrderedDict)
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def listen(self, document: Soundscape, trajectory: bytes | Path) -> bytes:
        """The answer as JSON: score and descriptors. Raises ProblemError 422."""
        key = await asyncio.to_thread(_key, document, trajectory)
        if key in self._cache:
            self._cache.move_to_end(key)
            return self._cache[key]
        async with self._turns:
            answer = await asyncio.to_thread(self._answer, document, trajectory)
        self._cache[key] = answer
        while len(self._cache) > self.cache_size:
            self._cache.popitem(last=False)
        return answer

    def _answer(self, document: Soundscape, trajectory: bytes | Path) -> bytes:
        if isinstance(trajectory, Path):
            return self._heard(document, trajectory)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "trajectory"
            path.write_bytes(trajectory)
            return self._heard(document, path)

    def _heard(self, document: Soundscape, path: Path) -> bytes:
        try:
            motion = motion_of(path)
        except BadArchive as error:
            raise refused("body.trajectory_base64", str(error), "a trajectory file") from error
        if len(motion.events) > self.most_events:
            raise refused("body.trajectory_base64", f"{len(motion.events)} events", f"at most {self.most_events}")
        try:
            score = map_to_score(document, motion)
        except MappingError as error:
            raise ProblemError(problems.INVALID, detail=str(error)) from error
        return orjson.dumps({"score": score.model_dump(mode="json"), "descriptors": describe(score)})


def _key(document: Soundscape, trajectory: bytes | Path) -> str:
    digest = hashlib.sha256(f"{MAPPING_VERSION}\n{document.model_dump_json()}\n".encode())
    if isinstance(trajectory, Path):
        with trajectory.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    else:
        digest.update(hashlib.sha256(trajectory).digest())
    return digest.hexdigest()
