"""The compiled kernels are warmed by one call, and never older than their sources."""

from pathlib import Path

import harmonic_physics.engine.kernels as kernels
from harmonic_physics.engine.registry import systems
from harmonic_physics.engine.warm import warm


def test_warming_reaches_every_system() -> None:
    """After `warm`, a run of any system starts within a tenth of a second."""
    assert set(warm()) == set(systems())


def test_stale_kernels_are_forgotten(tmp_path: Path) -> None:
    """A changed source drops what was compiled before; an unchanged one keeps it."""
    (tmp_path / "__pycache__").mkdir()
    compiled = tmp_path / "__pycache__" / "a.nbi"
    compiled.write_bytes(b"old")
    (tmp_path / "a.py").write_text("x = 1")
    assert kernels.forget_stale(tmp_path)
    assert not compiled.exists()
    compiled.write_bytes(b"new")
    assert not kernels.forget_stale(tmp_path)
    assert compiled.exists()
