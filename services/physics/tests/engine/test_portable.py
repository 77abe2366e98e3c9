"""A promise to those who run another Python: the engine's own numbers do not depend on its version."""

import ast
from pathlib import Path

import harmonic_physics.engine

ENGINE = Path(harmonic_physics.engine.__file__).parent
WHOLE_NUMBERS = {"cost.py", "particles.py"}
"""Files that count things with `sum`; what they add with fractions goes through fsum as well."""


def test_no_builtin_sum_of_floats() -> None:
    """Python 3.12 changed the rounding of sum(): the engine adds fractions with math.fsum, rounded once everywhere."""
    for path in sorted(ENGINE.rglob("*.py")):
        calls = [node.func for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
        used = [call.lineno for call in calls if isinstance(call, ast.Name) and call.id == "sum"]
        assert not used or path.name in WHOLE_NUMBERS, f"{path.name}: lines {used} use sum()"
