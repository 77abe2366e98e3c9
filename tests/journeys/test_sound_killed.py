"""kill -9 in the middle of the sound's own work: it is done once, with the bytes of an undisturbed run."""

import asyncio
import os
import signal
from collections.abc import Iterable, Mapping
from functools import partial
from time import monotonic
from typing import Any

import aiohttp
import pytest

from harmonic_chassis.testing.house import eventually
from harmonic_standalone.testing import PLATFORM, SMALL, EmbeddedPlatform, Platform, Player, hashes, signed_up
from harmonic_standalone.testing.sounding import rendered, rendering_of, simulated, wav_of

RICH: dict[str, Any] = {
    "length_s": 14.0,
    "tail_s": 2.0,
    "harmony": [{"kind": "pad", "name": "chords", "instrument": "strings", "beats": 4.0}],
    "scenes": [
        {
            "name": "the second half",
            "start": {"kind": "fraction", "value": 0.5},
            "cross_fade_s": 4.0,
            "key": {"tonic": "D", "scale": "dorian"},
            "mix": {"gain_db": -3.0, "reverb_db": 6.0, "width": 0.5},
        }
    ],
    "mix": {
        "reverb": {"kind": "fdn", "level_db": -14.0, "decay_s": 3.0},
        "voices": [{"voice": "*", "inserts": [{"kind": "compressor", "threshold_db": -30.0, "ratio": 4.0}]}],
        "master": [{"kind": "compressor", "threshold_db": -24.0, "ratio": 2.0}],
    },
}
"""Everything that has a state which a resumed rendering must have again."""
UPLOAD_S = 45.0
"""Length of an uploaded sound that takes about a second to analyse or convert."""
WORK: dict[str, dict[str, str]] = {"analyses": {}, "conversions": {"format": "mp3", "sample_rate_hz": "48000"}}
CANCELLED_WITHIN_S = 1.0
TRIES = 3
CHECKPOINT_S = 4.1
"""A little more than what lies between two checkpoints of a job. A job that is held up for so long saves one as soon as
it goes on, so that a short rendering has one."""


async def test_a_rendering_goes_on_with_the_same_bytes(embedded: EmbeddedPlatform) -> None:
    """Killed in the middle of a rendering with stems, a feedback delay network, compressors and a scene, the rendering
    goes on from its checkpoint after the next start: score, master and every stem have the hashes of an undisturbed
    run."""
    async with signed_up(embedded.url) as player, signed_up(embedded.url) as other:
        simulation_id, same = await asyncio.gather(*(simulated(each, SMALL, RICH) for each in (player, other)))
        rendering_id = await rendering_of(player, simulation_id, stems="voices")
        await _mixing(player, rendering_id)
        embedded.signal(PLATFORM, signal.SIGSTOP)
        await asyncio.sleep(CHECKPOINT_S)
        embedded.signal(PLATFORM, signal.SIGCONT)
        await eventually(lambda: _checkpoint(embedded, rendering_id), 30.0)
        embedded.kill(PLATFORM)
        assert await _row(embedded, rendering_id) == ("running", 0), "the kill came too late to prove anything"
        await asyncio.to_thread(embedded.restart, PLATFORM)
        undisturbed = await rendering_of(other, same, stems="voices")
        found, expected = await asyncio.gather(rendered(player, rendering_id), rendered(other, undisturbed))
        assert len(_hashes(found)) > 4
        assert _hashes(found) == _hashes(expected)
        await embedded.ledger.settled()
        assert await embedded.ledger.faults() == []


async def test_sounds_at_work_are_done_once(embedded: EmbeddedPlatform) -> None:
    """Killed while it analyses one upload and converts another, the platform completes both after the next start: once,
    with one result each, and the files of an undisturbed run."""
    sound = wav_of(UPLOAD_S)
    async with signed_up(embedded.url) as player:
        begun = {name: await _begun(player, name, sound) for name in WORK}
        at_once = min(len(WORK), os.cpu_count() or 1)
        await eventually(lambda: _running(player, begun.values(), at_once))
        embedded.kill(PLATFORM)
        states = [await _row(embedded, work_id) for work_id in begun.values()]
        assert states.count(("running", 0)) == at_once, "the kill came too late to prove anything"
        await asyncio.to_thread(embedded.restart, PLATFORM)
        again = {name: await _begun(player, name, sound) for name in WORK}
        for name in WORK:
            ended, other = [await player.harmonic.operations.wait(ids[name]) for ids in (begun, again)]
            assert len(hashes(ended)) == 1 and hashes(ended) == hashes(other)
            assert ended.result is not None and other.result is not None
            assert ended.result["duration_s"] == other.result["duration_s"] == pytest.approx(UPLOAD_S, abs=0.1)
            assert len((await player.ask("GET", f"/v1/{name}")).json()["items"]) == 2
        attempts = [await _row(embedded, work_id) for work_id in begun.values()]
        assert attempts.count(("succeeded", 1)) == at_once and {state for state, _ in attempts} == {"succeeded"}
        await embedded.ledger.settled()
        assert await embedded.ledger.faults() == []


@pytest.mark.parametrize("name", WORK)
async def test_a_sound_at_work_is_cancelled_within_a_second(name: str, platform: Platform) -> None:
    """A cancel in the middle of an analysis or a conversion has ended it a second later, without a result.

    A busy machine only adds to the time, so the best of a few tries counts.
    """
    took = []
    async with signed_up(platform.url) as player:
        for _ in range(TRIES):
            work_id = await _begun(player, name, wav_of(UPLOAD_S))
            await eventually(partial(_running, player, [work_id], 1))
            asked = monotonic()
            await player.harmonic.operations.cancel(work_id)
            states = [operation.state async for operation in player.harmonic.operations.watch(work_id)]
            took.append(monotonic() - asked)
            assert states[-1].value == "cancelled"
            view = (await player.ask("GET", f"/v1/{name}/{work_id}")).json()
            assert view["state"] == "cancelled" and not (view.get("file") or view.get("tracks"))
            if took[-1] < CANCELLED_WITHIN_S:
                break
    print(f"cancelled after {', '.join(f'{each:.2f}' for each in took)} s")
    assert min(took) < CANCELLED_WITHIN_S


async def _begun(player: Player, name: str, sound: bytes) -> str:
    """The id of work on an uploaded sound."""
    answer = await player.ask("POST", f"/v1/{name}", params=WORK[name], data=sound)
    assert answer.status == 202, answer.body
    return str(answer.json()["operation_id"])


async def _running(player: Player, operation_ids: Iterable[str], number: int) -> bool:
    """Whether so many of the operations are at work."""
    states = [(await player.harmonic.operations.get(each)).state.value for each in operation_ids]
    assert set(states) <= {"queued", "running"}, states
    return states.count("running") == number


async def _mixing(player: Player, rendering_id: str) -> None:
    """Wait until the first second of a rendering is mixed: then its preview is answered."""
    url = f"{player.harmonic.gateway}/v1/renderings/{rendering_id}/preview"
    headers = {"Authorization": f"Bearer {player.who.access_token}"}
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
        assert answer.status == 200


async def _row(platform: Platform, job_id: str) -> tuple[str, int]:
    """State and failed attempts of a job of audio's."""
    [(state, attempts)] = await platform.ledger.rows(
        "audio", "SELECT state, attempts FROM job WHERE job_id = :id", id=job_id
    )
    return state, attempts


async def _checkpoint(platform: Platform, job_id: str) -> bool:
    """Whether there is something to go on from."""
    [(state, checkpoint)] = await platform.ledger.rows(
        "audio", "SELECT state, checkpoint FROM job WHERE job_id = :id", id=job_id
    )
    assert state in ("queued", "running"), f"{state} before the first checkpoint"
    return checkpoint not in (None, "null")


def _hashes(rendering: Mapping[str, Any]) -> dict[str, str]:
    """The SHA-256 of each sound of a rendering, and of its score."""
    found = {stem["name"]: stem["artifact"]["sha256"] for stem in rendering["stems"]}
    return found | {name: rendering[name]["sha256"] for name in ("master", "score", "midi")}
