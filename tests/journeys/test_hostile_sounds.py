"""Files that are no good sound, through the front door: refused with the reason, and the worker goes on."""

from typing import Any

import pytest

from harmonic_client.errors import OperationFailed
from harmonic_standalone.testing import Answer, DistributedPlatform, Platform, Player, signed_up
from harmonic_standalone.testing.sounding import wav_of

GOOD = wav_of(0.5)
HEAD = 44


def _float_wav(value: bytes) -> bytes:
    """A WAV file of 32-bit floats, all of them this one."""
    data = value * 4800
    form = (3).to_bytes(2, "little") + (1).to_bytes(2, "little") + (16_000).to_bytes(4, "little")
    form += (64_000).to_bytes(4, "little") + (4).to_bytes(2, "little") + (32).to_bytes(2, "little")
    chunks = b"fmt " + len(form).to_bytes(4, "little") + form + b"data" + len(data).to_bytes(4, "little") + data
    return b"RIFF" + (4 + len(chunks)).to_bytes(4, "little") + b"WAVE" + chunks


AT_THE_DOOR: dict[str, tuple[bytes, int]] = {
    "nothing": (b"", 422),
    "a program": (b"\x7fELF" + bytes(4000), 415),
    "an archive": (b"PK\x03\x04" + bytes(4000), 415),
    "a playlist": (b"#EXTM3U\nfile:///etc/passwd\n" * 50, 415),
}
"""Told by their first bytes."""
IN_THE_WORKER: dict[str, tuple[bytes, str]] = {
    "cut off": (GOOD[:HEAD] + GOOD[HEAD:2000], "cut off"),
    "only a head": (GOOD[:12], "cannot be read"),
    "no channels": (GOOD[:22] + bytes(2) + GOOD[24:], "cannot be read"),
    "4 GHz": (GOOD[:24] + b"\xff\xff\xff\xff" + GOOD[28:], ""),
    "no numbers": (_float_wav(b"\x00\x00\xc0\x7f"), "no numbers"),
    "torn FLAC": (b"fLaC" + bytes(range(256)) * 20, "cannot be read"),
    "torn OGG": (b"OggS" + bytes(range(256)) * 20, ""),
    "torn MP3": (b"ID3\x04" + bytes(range(256)) * 20, ""),
}
"""Told by reading them."""


async def test_hostile_sounds_are_refused_and_the_worker_lives(platform: Platform) -> None:
    """What is no sound by its first bytes is 415 (empty: 422) at once; what turns out to be none ends its operation
    with a problem of status 422 that names the body and tells no paths. No process ends by it: the same worker then
    analyses a good sound."""
    worker = "audio-worker" if isinstance(platform, DistributedPlatform) else "platform"
    pid = platform.pid(worker)
    async with signed_up(platform.url) as player:
        for name, (body, status) in AT_THE_DOOR.items():
            answer = await _sent(player, body)
            assert answer.status == status, (name, answer.body)
            assert answer.headers["content-type"].startswith("application/problem+json")
            assert answer.json()["detail" if status == 415 else "errors"]
        begun = {name: await _sent(player, body) for name, (body, _) in IN_THE_WORKER.items()}
        for name, answer in begun.items():
            assert answer.status == 202, (name, answer.body)
            with pytest.raises(OperationFailed) as refused:
                await player.harmonic.operations.wait(answer.json()["operation_id"])
            problem: Any = refused.value.operation.problem
            print(name, "->", problem.detail)
            assert problem.status == 422 and problem.errors[0].field == "body", (name, problem)
            assert IN_THE_WORKER[name][1] in problem.detail
            assert str(platform.folder) not in problem.model_dump_json()
        good = await player.harmonic.operations.wait((await _sent(player, GOOD)).json()["operation_id"])
        assert good.result is not None and good.result["duration_s"] == 0.5
        states = await platform.ledger.rows(
            "audio",
            "SELECT attempts FROM job WHERE kind = 'audio.analyse' AND organization_id = :id",
            id=player.who.organization_id,
        )
        assert len(states) == 1 + len(IN_THE_WORKER) and set(states) == {(0,)}
    assert platform.ended(worker) is None and platform.pid(worker) == pid


async def _sent(player: Player, body: bytes) -> Answer:
    headers = {"Content-Type": "audio/wav"}
    return await player.ask("POST", "/v1/analyses", data=body, headers=headers)
