"""The data folder: one owner, secrets made once."""

import stat
from pathlib import Path

import pytest

from harmonic_standalone.folder import SECRETS, DataFolder, FolderInUse


def test_one_process_owns_the_folder(tmp_path: Path) -> None:
    """A second owner is refused with the first one's process id, until the first has let go."""
    first, second = DataFolder(tmp_path), DataFolder(tmp_path)
    with first.owned(), pytest.raises(FolderInUse, match=r"in use by process \d+"), second.owned():
        pass
    with second.owned():
        pass


def test_secrets_are_made_once_and_kept_from_others(tmp_path: Path) -> None:
    """The same at every start; the owner alone may read them; no two are alike."""
    folder = DataFolder(tmp_path)
    folder.prepare()
    secrets = folder.secrets()
    assert DataFolder(tmp_path).secrets() == secrets
    assert stat.S_IMODE((tmp_path / SECRETS).stat().st_mode) == 0o600
    every = [secrets.cursor_secret, secrets.key_secret, *secrets.service_secrets.values()]
    assert len(set(every)) == len(every)
    assert min(map(len, every)) == 64
