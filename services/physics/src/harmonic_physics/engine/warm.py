"""Compile every kernel into the disk cache: `python -m harmonic_physics.engine.warm`, at set-up and image build."""

import sys
import time

from harmonic_physics.engine.checking import check
from harmonic_physics.engine.registry import systems


def warm(*kinds: str) -> dict[str, float]:
    """Advance each preset of every system (or of these) once. Returns the seconds that each system took."""
    spent = {}
    for kind, system in systems().items():
        if kinds and kind not in kinds:
            continue
        began = time.perf_counter()
        for preset in system.presets:
            run = check(kind, preset.spec, preset.environment).run(0)
            run.advance()
            run.checkpoint()
        spent[kind] = time.perf_counter() - began
    return spent


if __name__ == "__main__":
    for kind, seconds in warm().items():
        sys.stdout.write(f"{kind}: kernels ready in {seconds:.1f} s\n")
