"""The bundle reader: our own bundles are read back; whatever is not one is refused with the entry and the reason."""

import json
import shutil
import stat
import struct
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harmonic_export.bundles.container import Limits
from harmonic_export.bundles.reader import read_bundle
from harmonic_export.bundles.refusal import BundleRefused

Entries = dict[str, bytes]


@pytest.fixture(scope="session")
def entries(packaged: Path) -> Entries:
    """The contents of a good bundle."""
    with zipfile.ZipFile(packaged / "bundle.zip") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def written(path: Path, entries: Entries, **compression: Any) -> Path:
    """A ZIP file of the entries."""
    with zipfile.ZipFile(path, "w", **compression) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return path


def with_manifest(entries: Entries, change: Callable[[dict[str, Any]], object]) -> Entries:
    """The entries with a changed manifest."""
    manifest = json.loads(entries["manifest.json"])
    change(manifest)
    return {**entries, "manifest.json": json.dumps(manifest).encode()}


def with_file(entries: Entries, name: str, data: bytes) -> Entries:
    """The entries with a changed file that the manifest lists rightly."""

    def relist(manifest: dict[str, Any]) -> None:
        kept = [file for file in manifest["files"] if file["name"] != name]
        digest = sha256(data).hexdigest()
        listed = {"name": name, "media_type": "application/json", "size_bytes": len(data), "sha256": digest}
        manifest["files"] = [*kept, listed]

    return {**with_manifest(entries, relist), name: data}


def test_own_bundle_reads_back(packaged: Path, entries: Entries) -> None:
    """Manifest, universe and soundscape come back, and every other format lies in it byte for byte."""
    bundle = read_bundle(packaged / "bundle.zip")
    assert bundle.universe == {"name": "TRAPPIST-1"}
    assert bundle.soundscape == {"length_s": 60.0}
    assert bundle.manifest.units == {"time": "d", "position": "AU", "energy_error": "1"}
    assert bundle.manifest.master_sha256 == sha256((packaged / "master.wav").read_bytes()).hexdigest()
    for name in ("master.flac", "performance.mid", "score.json", "trajectory.npz", "picture.png", "notes.csv"):
        assert entries[name] == (packaged / name).read_bytes()


def test_entries_are_sorted_and_dated_1980(packaged: Path) -> None:
    """Nothing in the archive tells when, where or by whom it was written."""
    with zipfile.ZipFile(packaged / "bundle.zip") as archive:
        infos = archive.infolist()
    assert [info.filename for info in infos] == sorted(info.filename for info in infos)
    assert {info.date_time for info in infos} == {(1980, 1, 1, 0, 0, 0)}
    assert {(info.create_system, info.external_attr) for info in infos} == {(3, 0o100644 << 16)}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../evil", "leads out"),
        ("a/../../evil", "leads out"),
        ("..\\evil", "leads out"),
        ("/etc/passwd", "absolute"),
        ("\\\\host\\share", "absolute"),
        ("C:evil", "absolute"),
        ("folder/file", "plain file name"),
        ("folder/", "plain file name"),
        ("UPPER.json", "plain file name"),
        ("new\nline", "plain file name"),
        ("nul\x00byte", "plain file name"),
        ("x" * 101, "plain file name"),
    ],
)
def test_hostile_names_are_refused(tmp_path: Path, entries: Entries, name: str, reason: str) -> None:
    """Names that are not plain files are refused before anything is unpacked."""
    path = tmp_path / "bundle.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for own, data in entries.items():
            archive.writestr(own, data)
        info = zipfile.ZipInfo("placeholder")
        info.filename = name
        archive.writestr(info, b"x")
    with pytest.raises(BundleRefused, match=reason):
        read_bundle(path)


@pytest.mark.parametrize(("mode", "reason"), [(stat.S_IFLNK, "symbolic link"), (stat.S_IFIFO, "no regular file")])
def test_links_and_devices_are_refused(tmp_path: Path, entries: Entries, mode: int, reason: str) -> None:
    """A symbolic link or a pipe is no content."""
    path = tmp_path / "bundle.zip"
    written(path, entries)
    info = zipfile.ZipInfo("link")
    info.create_system, info.external_attr = 3, (mode | 0o777) << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(info, "/etc/passwd")
    with pytest.raises(BundleRefused, match=reason):
        read_bundle(path)


def test_duplicate_names_are_refused(tmp_path: Path, entries: Entries) -> None:
    """Two entries of one name: readers would disagree which counts."""
    path = written(tmp_path / "bundle.zip", entries)
    with warnings.catch_warnings(), zipfile.ZipFile(path, "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("universe.json", b"{}")
    with pytest.raises(BundleRefused, match="twice"):
        read_bundle(path)


def test_bomb_by_ratio_is_refused(tmp_path: Path, entries: Entries) -> None:
    """Ten megabytes of zeros in ten kilobytes are refused by the directory alone."""
    path = written(tmp_path / "b.zip", {**entries, "zeros": bytes(10**7)}, compression=zipfile.ZIP_DEFLATED)
    with pytest.raises(BundleRefused, match="far more"):
        read_bundle(path)


def test_bomb_that_lies_is_refused(tmp_path: Path, entries: Entries) -> None:
    """An entry that declares a small size and unpacks to a large one is stopped at the declared size."""
    name = "universe.json"
    path = written(tmp_path / "b.zip", {**entries, name: bytes(10**6)}, compression=zipfile.ZIP_DEFLATED)
    data = bytearray(path.read_bytes())
    central = data.rindex(b"PK\x01\x02", 0, data.rindex(name.encode()))
    data[central + 24 : central + 28] = struct.pack("<L", len(entries[name]))
    path.write_bytes(data)
    with pytest.raises(BundleRefused, match=name):
        read_bundle(path)


@pytest.mark.parametrize("limit", ["archive_bytes", "entries", "unpacked_bytes", "document_bytes"])
def test_limits_hold(packaged: Path, limit: str) -> None:
    """Each limit refuses what lies above it, and says what is allowed."""
    with pytest.raises(BundleRefused) as refused:
        read_bundle(packaged / "bundle.zip", replace(Limits(), **{limit: 3}))
    assert refused.value.allowed == "at most 3"


def test_changed_file_is_refused(tmp_path: Path, entries: Entries) -> None:
    """A file that is not the one that the manifest hashes is refused by name."""
    changed = entries["universe.json"].replace(b"TRAPPIST-1", b"TRAPPIST-2")
    with pytest.raises(BundleRefused, match=r"universe\.json.*SHA-256"):
        read_bundle(written(tmp_path / "b.zip", {**entries, "universe.json": changed}))


def test_unlisted_and_missing_files_are_refused(tmp_path: Path, entries: Entries) -> None:
    """The archive holds exactly what the manifest lists."""
    with pytest.raises(BundleRefused, match="not listed"):
        read_bundle(written(tmp_path / "more.zip", {**entries, "extra": b"x"}))
    less = {name: data for name, data in entries.items() if name != "score.json"}
    with pytest.raises(BundleRefused, match="listed but not there"):
        read_bundle(written(tmp_path / "less.zip", less))
    for needed in ("manifest.json", "universe.json"):
        rest = {name: data for name, data in entries.items() if name != needed}
        with pytest.raises(BundleRefused, match=needed):
            read_bundle(written(tmp_path / "rest.zip", rest))


def test_unknown_versions_are_refused(tmp_path: Path, entries: Entries) -> None:
    """A bundle of another format or of a later version is refused with what is known here."""
    for field, value in (("format_version", 2), ("format", "other"), ("surprise", 1), ("licence", "")):
        changed = with_manifest(entries, lambda manifest, f=field, v=value: manifest.update({f: v}))  # type: ignore[misc] # bound now
        with pytest.raises(BundleRefused, match=r"manifest\.json"):
            read_bundle(written(tmp_path / "b.zip", changed))


@pytest.mark.parametrize("document", [b"[" * 100_000, b'{"x": NaN}', b"[]", b"\xff\xfe", b""])
def test_documents_must_be_json_objects(tmp_path: Path, entries: Entries, document: bytes) -> None:
    """Deep nesting, NaN, lists and noise are refused, not raised."""
    with pytest.raises(BundleRefused, match=r"universe\.json"):
        read_bundle(written(tmp_path / "b.zip", with_file(entries, "universe.json", document)))


@pytest.mark.parametrize("wrap", [lambda z: b"MZ" + z, lambda z: z + b"tail", lambda z: z[:-1], lambda z: b""])
def test_only_whole_archives_are_read(tmp_path: Path, packaged: Path, wrap: Callable[[bytes], bytes]) -> None:
    """Data before or after the archive, or a missing end, is refused."""
    path = tmp_path / "b.zip"
    path.write_bytes(wrap((packaged / "bundle.zip").read_bytes()))
    with pytest.raises(BundleRefused):
        read_bundle(path)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_damage_is_refused_or_harmless(tmp_path: Path, entries: Entries, data: st.DataObject) -> None:
    """Whatever bytes are changed or cut off: the reader refuses, or what it reads is the original."""
    small = {name: content for name, content in entries.items() if name not in ("master.flac", "trajectory.npz")}
    kept = with_manifest(small, lambda m: m.update(files=[f for f in m["files"] if f["name"] in small]))
    path = tmp_path / "fuzzed.zip"
    if not (tmp_path / "good.zip").exists():
        written(tmp_path / "good.zip", kept, compression=zipfile.ZIP_DEFLATED)
    shutil.copy(tmp_path / "good.zip", path)
    raw = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(raw[: data.draw(st.sampled_from([len(raw), len(raw), len(raw) - 7]))])
    try:
        bundle = read_bundle(path)
    except BundleRefused:
        return
    assert bundle.universe == {"name": "TRAPPIST-1"}


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400))
def test_noise_is_refused(tmp_path: Path, noise: bytes) -> None:
    """Random bytes are no bundle, and never anything worse than a refusal."""
    path = tmp_path / "noise.zip"
    path.write_bytes(noise)
    with pytest.raises(BundleRefused):
        read_bundle(path)
