"""The audio service alone, through the gateway: renderings of a simulation, and sounds to upload."""

import io
import wave
from collections.abc import Mapping
from typing import Any

import numpy as np

from harmonic_chassis.testing.house import eventually
from harmonic_standalone.testing.players import Answer, Player


async def simulated(player: Player, document: Mapping[str, Any], sound: Mapping[str, Any]) -> str:
    """The id of a finished simulation of a new universe that sounds as its soundscape, changed by `sound`."""
    universe = await player.universe(document, sound)
    begun = await player.ask("POST", "/v1/simulations", json={"universe_id": universe.universe_id})
    assert begun.status == 202, begun.body
    simulation_id = str(begun.json()["simulation_id"])
    await player.harmonic.operations.wait(simulation_id)
    return simulation_id


async def rendering_of(player: Player, simulation_id: str, **wanted: Any) -> str:
    """The id of a rendering that was begun, as soon as audio has heard of the simulation."""

    async def begun() -> Answer | None:
        answer = await player.ask("POST", "/v1/renderings", json={"simulation_id": simulation_id, **wanted})
        return None if answer.status in (404, 409) else answer

    answer = await eventually(begun)
    assert answer is not None and answer.status == 202, answer
    return str(answer.json()["rendering_id"])


async def rendered(player: Player, rendering_id: str) -> dict[str, Any]:
    """The view of a rendering, once it has succeeded."""
    await player.harmonic.operations.wait(rendering_id)
    return dict((await player.ask("GET", f"/v1/renderings/{rendering_id}")).json())


def wav_of(seconds: float, sample_rate: int = 16_000, seed: int = 1) -> bytes:
    """A WAV file of one channel of 16 bits: faint noise on a tone of 440 Hz."""
    time = np.arange(round(seconds * sample_rate)) / sample_rate
    samples = 0.4 * np.sin(2 * np.pi * 440.0 * time) + 0.01 * np.random.default_rng(seed).standard_normal(len(time))
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(sample_rate)
        file.writeframes(np.rint(samples * 2**15).astype("<i2").tobytes())
    return buffer.getvalue()
