"""The container's checks: a ZIP file is refused by its directory alone, before any entry is unpacked.

A bundle is a plain, complete ZIP file of a few flat, regular files. What is more than that (folders, links, encryption,
ZIP64, comments, data before or after the archive) is refused: nothing that we write has it, and attacks live there.
Source: PKWARE APPNOTE 6.3.10, sections 4.3.16 (end of central directory) and 4.3.12 (its entries).
"""

import re
import stat
import struct
import zipfile
from dataclasses import dataclass
from pathlib import Path

from harmonic_export.bundles.manifest import NAME_PATTERN
from harmonic_export.bundles.refusal import BundleRefused

END = struct.Struct("<4s4H2LH")
END_SIGNATURE = b"PK\x05\x06"
LOCAL_SIGNATURE = b"PK\x03\x04"
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
ENCRYPTED = 0x1
RATIO_FREE_BYTES = 64 * 1024
"""Below this size the ratio does not matter: small texts of blanks compress well."""


@dataclass(frozen=True)
class Limits:
    """What a bundle may be at most."""

    archive_bytes: int = 512 * 1024 * 1024
    entries: int = 64
    unpacked_bytes: int = 1024 * 1024 * 1024
    ratio: float = 200.0
    document_bytes: int = 4 * 1024 * 1024


def opened(path: Path, limits: Limits) -> zipfile.ZipFile:
    """The archive, its directory checked. Raises BundleRefused. The caller closes it."""
    _check_end(path, limits)
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError, OSError, UnicodeError, NotImplementedError, struct.error) as error:
        raise BundleRefused("", f"this is not a readable ZIP file: {error}") from error
    try:
        _check_entries(archive.infolist(), limits)
    except BaseException:
        archive.close()
        raise
    return archive


def _check_end(path: Path, limits: Limits) -> None:
    """Look at the last record by hand: reading a directory of millions of entries would cost gigabytes."""
    size = path.stat().st_size
    if size > limits.archive_bytes:
        raise BundleRefused("", f"the archive has {size} bytes", f"at most {limits.archive_bytes}")
    with path.open("rb") as file:
        start = file.read(len(LOCAL_SIGNATURE))
        file.seek(max(0, size - END.size))
        end = file.read(END.size)
    if start != LOCAL_SIGNATURE or len(end) < END.size or not end.startswith(END_SIGNATURE):
        raise BundleRefused("", "this is not a complete ZIP file without comment: export it again, or send all of it")
    _, disk, first_disk, here, entries, directory, offset, _ = END.unpack(end)
    if disk or first_disk or here != entries or offset + directory + END.size != size:
        raise BundleRefused("", "the ZIP directory does not fill the end of the file: export it again")
    if entries > limits.entries:
        raise BundleRefused("", f"the archive has {entries} entries", f"at most {limits.entries}")


def _check_entries(entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(entries) > limits.entries:
        raise BundleRefused("", f"the archive has {len(entries)} entries", f"at most {limits.entries}")
    seen: set[str] = set()
    for entry in entries:
        _check_entry(entry, limits)
        if entry.filename in seen:
            raise BundleRefused(entry.filename, "is there twice")
        seen.add(entry.filename)
    total = sum(entry.file_size for entry in entries)
    if total > limits.unpacked_bytes:
        raise BundleRefused("", f"the entries unpack to {total} bytes", f"at most {limits.unpacked_bytes}")


def _check_entry(entry: zipfile.ZipInfo, limits: Limits) -> None:
    name = entry.orig_filename
    shown = ascii(name[:100])
    if name.startswith(("/", "\\")) or re.match(r"^[A-Za-z]:", name):
        raise BundleRefused(shown, "is an absolute path", "plain file names")
    if ".." in re.split(r"[/\\]", name):
        raise BundleRefused(shown, "leads out of the archive", "plain file names")
    mode = entry.external_attr >> 16
    if stat.S_ISLNK(mode):
        raise BundleRefused(shown, "is a symbolic link", "regular files")
    if mode and not stat.S_ISREG(mode) and stat.S_IFMT(mode):
        raise BundleRefused(shown, "is no regular file", "regular files")
    if len(name) > 100 or not re.fullmatch(NAME_PATTERN[1:-1], name):
        raise BundleRefused(shown, "is no plain file name", "lower-case letters, digits, dots, `-` and `_`")
    if entry.flag_bits & ENCRYPTED:
        raise BundleRefused(name, "is encrypted", "entries without password")
    if entry.compress_type not in METHODS:
        raise BundleRefused(name, f"is packed by method {entry.compress_type}", "stored or deflated")
    if entry.file_size > max(RATIO_FREE_BYTES, limits.ratio * entry.compress_size):
        raise BundleRefused(name, "unpacks to far more than it is", f"at most {limits.ratio:g} times its packed size")
