"""The compiled kernels are strict, warmed by one call, and never older than their sources."""

from pathlib import Path

import pytest

import harmonic_physics.engine.kernels as kernels
from harmonic_physics.engine.checking import check
from harmonic_physics.engine.registry import systems
from harmonic_physics.engine.warm import warm

SOURCES = sorted(Path(kernels.__file__).parent.glob("*.py"))


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_no_kernel_gives_up_strict_arithmetic(source: Path) -> None:
    """No fastmath, no threads: the bits depend on neither processor nor load."""
    text = source.read_text()
    assert "fastmath" not in text
    assert "parallel" not in text
    assert "njit" not in text or source.stem == "compiling"


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


@pytest.mark.parametrize("kind", sorted(systems()))
def test_a_tick_is_short(kind: str) -> None:
    """One advance of any preset ends within the tick's order of magnitude, so that a cancel is seen soon."""
    import time

    for preset in systems()[kind].presets:
        run = check(kind, preset.spec, preset.environment).run(0)
        run.advance()
        began = time.thread_time()
        if not run.done:
            run.advance()
        assert time.thread_time() - began < 0.5
