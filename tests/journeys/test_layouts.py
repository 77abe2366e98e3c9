"""Sound of more than two channels through the whole chain: simulated, rendered, packaged."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
import soundfile

from harmonic_client.errors import OperationFailed
from harmonic_client.models import files_of
from harmonic_standalone.testing import SHORT, SMALL, EmbeddedPlatform, Player, hashes, signed_up


@pytest.mark.parametrize(("layout", "channels", "flac"), [("5.1", 6, True), ("ambix3", 16, False)])
async def test_every_channel_is_in_the_package(
    layout: str, channels: int, flac: bool, embedded: EmbeddedPlatform, tmp_path: Path
) -> None:
    """Master, packaged WAV and the bundle's sound have the layout's channels, and the preview two. FLAC has them too,
    or is left out where it cannot (16), which the export says; FLAC alone is then refused with the way out."""
    async with signed_up(embedded.url) as player:
        universe = await player.universe(SMALL, {**SHORT, "mix": {"layout": layout}})
        operation = await player.perform(universe.universe_id)
        assert operation.result is not None
        rendering_id, export_id = operation.result["rendering_id"], operation.result["export_id"]
        master = (await player.ask("GET", f"/v1/renderings/{rendering_id}")).json()["master"]
        assert hashes(operation)["master.wav"] == master["sha256"]
        assert ("master.flac" in hashes(operation)) is flac
        paths = await player.harmonic.artifacts.download_all(files_of(operation), tmp_path)
        sounds = {path.name: path.read_bytes() for path in paths if path.suffix in (".wav", ".flac")}
        with zipfile.ZipFile(tmp_path / "bundle.zip") as bundle:
            sounds |= {f"bundled {name}": bundle.read(name) for name in bundle.namelist() if name.startswith("master")}
        preview = await player.ask("GET", f"/v1/renderings/{rendering_id}/preview")
        found = {name: _shape(data) for name, data in (*sounds.items(), ("preview", preview.body))}
        lengths = {frames for _, frames in found.values()}
        assert len(lengths) == 1 and lengths.pop() == 7 * 48_000
        bundled = "bundled master.flac" if flac else "bundled master.wav"
        assert found.pop("preview")[0] == 2
        assert set(found) == {"master.wav", bundled, *(["master.flac"] if flac else [])}
        assert {count for count, _ in found.values()} == {channels}
        view = (await player.ask("GET", f"/v1/exports/{export_id}")).json()
        assert set(view["left_out"]) == (set() if flac else {"flac"})
        if not flac:
            await _flac_alone_is_refused(player, str(rendering_id))


async def _flac_alone_is_refused(player: Player, rendering_id: str) -> None:
    begun = await player.ask("POST", "/v1/exports", json={"rendering_id": rendering_id, "formats": ["flac"]})
    assert begun.status == 202
    with pytest.raises(OperationFailed) as refused:
        await player.harmonic.operations.wait(begun.json()["export_id"])
    problem: Any = refused.value.operation.problem
    assert problem.status == 422 and "at most 8 channels" in problem.detail and "WAV" in problem.detail


def _shape(data: bytes) -> tuple[int, int]:
    """Channels and frames of a sound, read to its end."""
    samples, rate = soundfile.read(io.BytesIO(data), dtype="float32", always_2d=True)
    assert rate == 48_000 and abs(samples).max() > 0.0
    return samples.shape[1], samples.shape[0]
