"""Downloads that go on, and are believed only with the right hash."""

from pathlib import Path

import pytest

from harmonic_client import Harmonic, errors
from harmonic_client.models import files_of, operation_of
from harmonic_client.resources.artifacts import safe_name
from harmonic_client.testing import Stage, operation
from harmonic_contracts.artifacts import ArtifactRef, NamedArtifact

DATA = bytes(range(256)) * 4096


def _files(stage: Stage, *blobs: tuple[str, bytes]) -> list[NamedArtifact]:
    files = [stage.add_blob(data, name) for name, data in blobs]
    return files_of(operation_of(operation(7, "succeeded", 1.0, result={"files": files})))


def _path(artifact: ArtifactRef) -> str:
    return f"/v1/artifacts/{artifact.producer}/{artifact.sha256}"


async def test_a_broken_download_goes_on_where_it_was(stage: Stage, harmonic: Harmonic, tmp_path: Path) -> None:
    """Three breaks: each next request asks only for the rest, and the file is whole."""
    (file,) = _files(stage, ("sound.wav", DATA))
    stage.cut_after = [300_000, 400_000, 1]
    seen: list[int] = []
    path = await harmonic.artifacts.download(file.artifact, tmp_path / "sound.wav", lambda done, _: seen.append(done))
    assert path.read_bytes() == DATA
    asked = [headers.get("Range") for headers in stage.requests("GET", _path(file.artifact))]
    assert asked == [None, "bytes=300000-", "bytes=700000-", "bytes=700001-"]
    assert seen == sorted(seen)
    assert seen[-1] == len(DATA)
    assert [each.name for each in tmp_path.iterdir()] == ["sound.wav"]


async def test_the_rest_of_another_day_is_used(stage: Stage, harmonic: Harmonic, tmp_path: Path) -> None:
    """What an earlier run left is gone on with."""
    (file,) = _files(stage, ("sound.wav", DATA))
    (tmp_path / "sound.wav.part").write_bytes(DATA[:1000])
    await harmonic.artifacts.download(file.artifact, tmp_path / "sound.wav")
    assert (tmp_path / "sound.wav").read_bytes() == DATA
    assert stage.requests("GET", _path(file.artifact))[0]["Range"] == "bytes=1000-"


async def test_wrong_bytes_are_not_kept(stage: Stage, harmonic: Harmonic, tmp_path: Path) -> None:
    """A file whose hash is another is an error, and no file; so is a rest that does not fit."""
    (file,) = _files(stage, ("sound.wav", DATA))
    stage.corrupt = True
    with pytest.raises(errors.BrokenFile, match="SHA-256"):
        await harmonic.artifacts.download(file.artifact, tmp_path / "sound.wav")
    assert list(tmp_path.iterdir()) == []
    stage.corrupt = False
    (tmp_path / "sound.wav.part").write_bytes(b"x" * 1000)
    with pytest.raises(errors.BrokenFile):
        await harmonic.artifacts.download(file.artifact, tmp_path / "sound.wav")
    await harmonic.artifacts.download(file.artifact, tmp_path / "sound.wav")
    assert (tmp_path / "sound.wav").read_bytes() == DATA


async def test_what_is_there_is_not_fetched_again(stage: Stage, harmonic: Harmonic, tmp_path: Path) -> None:
    """A second download of the same bytes asks for nothing; an empty file is a file."""
    files = _files(stage, ("sound.wav", DATA), ("empty.txt", b""))
    for _ in range(2):
        paths = await harmonic.artifacts.download_all(files, tmp_path / "out")
    assert [path.read_bytes() for path in paths] == [DATA, b""]
    assert len(stage.requests("GET", _path(files[0].artifact))) == 1


async def test_a_missing_artifact_is_not_found(harmonic: Harmonic, tmp_path: Path) -> None:
    """No retries for what is gone."""
    gone = ArtifactRef(sha256="0" * 64, media_type="audio/wav", size_bytes=4, producer="export")
    with pytest.raises(errors.NotFound):
        await harmonic.artifacts.download(gone, tmp_path / "x.wav")


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/b", "..", ".", "a\\b", "a\0b"])
def test_no_name_leads_out_of_the_folder(name: str) -> None:
    """A name that the platform gives is a plain file name, or it is refused."""
    with pytest.raises(errors.BrokenFile):
        safe_name(name)
    assert safe_name("master (1).wav") == "master (1).wav"
