"""A bundle carries a performance to another account."""

from pathlib import Path

from harmonic_client.models import files_of
from harmonic_standalone.testing import SHORT, EmbeddedPlatform, hashes, signed_up


async def test_an_imported_bundle_performs_the_same(embedded: EmbeddedPlatform, tmp_path: Path) -> None:
    """A bundle imported by another account makes a universe and a soundscape of its own; their performance has the same
    trajectory, score and sound, byte for byte."""
    async with signed_up(embedded.url) as giver, signed_up(embedded.url) as taker:
        universe = await giver.universe({"preset": "trappist-1"}, {**SHORT, "tempo_bpm": 90.0})
        original = await giver.perform(universe.universe_id)
        [bundle] = [file for file in files_of(original) if file.name == "bundle.zip"]
        path = await giver.harmonic.artifacts.download(bundle.artifact, tmp_path / "bundle.zip")
        headers = {"Content-Type": "application/zip"}
        answer = await taker.ask("POST", "/v1/imports", data=path.read_bytes(), headers=headers)
        assert answer.status == 202, answer.body
        imported = await taker.harmonic.operations.wait(answer.json()["operation_id"])
        assert imported.result is not None
        made = imported.result["universe_id"]
        assert made != universe.universe_id
        again = await taker.perform(str(made))
        first, second = hashes(original), hashes(again)
        for name in ("trajectory.npz", "score.json", "master.wav", "master.flac", "performance.mid"):
            assert first[name] == second[name], name
