"""The same bytes on any machine: golden universes have their committed hash, and nothing in a kernel could break it.

This is the sample for every run of the tests; `make determinism` is the whole: threads x SIMD widths x checkpoints.
"""

import ast
import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

import harmonic_physics.engine
from harmonic_physics.engine import golden

ROOT = Path(__file__).parents[2]
HASHES: dict[str, str] = json.loads((Path(__file__).parent / "golden.json").read_text())
ENGINE = Path(harmonic_physics.engine.__file__).parent
SAMPLE = ("charges", "galaxy", "molecules", "orbits", "particles", "rotor")
"""Those of which the thawed run is looked at too, and by two threads at once."""
FORBIDDEN = {"prange", "vectorize", "guvectorize", "stencil", "atomic", "parfor"}


def tool() -> ModuleType:
    """The tool behind `make determinism`."""
    spec = importlib.util.spec_from_file_location("determinism", ROOT / "deploy" / "tools" / "determinism.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_system_has_a_golden_universe_with_a_committed_hash() -> None:
    """A new system, or a changed list of universes, asks for `make determinism-renew`."""
    assert set(golden.goldens()) == set(HASHES)


@pytest.mark.parametrize("name", sorted(HASHES))
def test_a_golden_universe_has_its_hash_here(name: str) -> None:
    """With the widest registers that this processor has; if a change of numbers is meant: `make determinism-renew`."""
    assert golden.digest(golden.goldens()[name]) == HASHES[name]


@pytest.mark.parametrize("name", SAMPLE)
def test_threads_and_checkpoints_change_no_bit(name: str) -> None:
    """Two threads at once find one hash, and so does a run that is frozen and thawed after each of many short ticks."""
    start = golden.goldens()[name]
    assert golden.digests(start, 2) == {HASHES[name]}
    assert golden.digest(start, thaw=True) == HASHES[name]


def test_a_width_that_the_processor_lacks_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On a processor without AVX the tool says so for both wider sets, and fails where it could try none."""
    module = tool()
    monkeypatch.setattr(module, "flags", lambda: {"fpu"})
    monkeypatch.setattr("sys.argv", ["determinism"])
    assert module.main() == 1
    told = capsys.readouterr().out
    assert "SSE2: this processor lacks sse2; not tried" in told
    assert "AVX2: this processor lacks avx2, fma; not tried" in told
    assert "AVX-512: this processor lacks avx512bw" in told


@pytest.mark.slow
def test_every_width_gives_the_committed_hashes() -> None:
    """What `make determinism` does, for one universe of each kind of kernel."""
    module = tool()
    for width in module.WIDTHS:
        if width.needs <= module.flags():
            table = module.found_by(width, ["charges", "galaxy, by the tree", "molecules, in space"])
            assert module.compare(width, table, HASHES) == []


def calls_and_names(source: str) -> tuple[set[str], set[str]]:
    """Names that a source uses, and the keyword arguments that it switches on."""
    names: set[str] = set()
    switched: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name):
            names.add(node.id)
        if isinstance(node, ast.Attribute):
            names.add(node.attr)
        if isinstance(node, ast.keyword) and node.arg in ("fastmath", "parallel") and not is_false(node.value):
            switched.add(node.arg)
    return names, switched


def is_false(node: ast.expr) -> bool:
    """Whether an expression is the word False."""
    return isinstance(node, ast.Constant) and node.value is False


@pytest.mark.parametrize("path", sorted(ENGINE.rglob("*.py")), ids=lambda p: p.relative_to(ENGINE).as_posix())
def test_no_source_of_the_engine_gives_up_fixed_order(path: Path) -> None:
    """No fastmath, no parallel loops or reductions, no atomics, and one place alone where kernels are compiled."""
    names, switched = calls_and_names(path.read_text())
    assert not switched
    assert not names & FORBIDDEN
    assert "njit" not in names or path.name == "compiling.py"


TRANSCENDENTAL = {"sin", "cos", "tan", "exp", "expm1", "log", "log1p", "log2", "log10", "pow", "tanh", "atan2", "hypot"}


def calls_of_the_c_library(source: str) -> set[str]:
    """What a source takes from the C library that has other bits on another processor: its transcendental functions,
    and powers that are not whole."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module == "math":
            found |= {alias.name for alias in node.names} & TRANSCENDENTAL
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and isinstance(node.right, ast.Constant):
            found |= {"**"} if isinstance(node.right.value, float) and not node.right.value.is_integer() else set()
    return found


@pytest.mark.parametrize("path", sorted((ENGINE / "kernels").glob("*.py")), ids=lambda p: p.name)
def test_no_kernel_takes_bits_from_the_c_library(path: Path) -> None:
    """Kernels have their own sines, exponentials and logarithms: the library's differ with the processor."""
    assert calls_of_the_c_library(path.read_text()) == set()


def test_the_lint_sees_what_it_forbids() -> None:
    """fastmath and parallel in any form but False, and the words of races."""
    assert calls_and_names("@njit(fastmath={'contract'}, parallel=True)\ndef f(): pass")[1] == {"fastmath", "parallel"}
    assert calls_and_names("@njit(fastmath=False)\ndef f(): pass")[1] == set()
    assert calls_and_names("for i in numba.prange(9): pass")[0] & FORBIDDEN == {"prange"}
    assert calls_of_the_c_library("from math import exp, sqrt\nx = y**0.5 + y**2") == {"exp", "**"}
