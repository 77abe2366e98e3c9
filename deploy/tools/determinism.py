"""`make determinism`: every golden universe has its committed hash, for any SIMD width, threads and checkpoints.

A child process a width compiles the kernels for that width alone, and holds numpy, OpenBLAS and the C library back to
it as well. A width that the processor lacks is reported, not passed over in silence. `--renew` writes the hashes anew:
do that only when a change of the numbers is meant, and raise ENGINE_VERSION with it.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "determinism" / "golden.json"
ENGINE = ROOT / "services" / "physics" / "src" / "harmonic_physics" / "engine"
THREADS = ("1", "2", "4")
CHUNK_LIMIT_S = 1800


@dataclass(frozen=True)
class Width:
    """An instruction set: the processor's flags that it needs, and the settings of a process held to it."""

    name: str
    needs: frozenset[str]
    settings: dict[str, str]


WIDTHS = (
    Width(
        "SSE2",
        frozenset({"sse2"}),
        {
            "NUMBA_CPU_NAME": "x86-64",
            "NUMBA_CPU_FEATURES": "+sse,+sse2",
            "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR",
            "OPENBLAS_CORETYPE": "Nehalem",
            "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX,-AVX2,-FMA,-FMA4,-AVX512F",
        },
    ),
    Width(
        "AVX2",
        frozenset({"avx2", "fma"}),
        {
            "NUMBA_CPU_NAME": "x86-64-v3",
            "NUMBA_CPU_FEATURES": "+avx,+avx2,+fma",
            "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR",
            "OPENBLAS_CORETYPE": "Haswell",
            "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX512F",
        },
    ),
    Width(
        "AVX-512",
        frozenset({"avx512f", "avx512dq", "avx512bw", "avx512vl", "avx512cd"}),
        {
            "NUMBA_CPU_NAME": "x86-64-v4",
            "NUMBA_CPU_FEATURES": "+avx,+avx2,+fma,+avx512f,+avx512dq,+avx512bw,+avx512vl,+avx512cd",
            "OPENBLAS_CORETYPE": "SkylakeX",
        },
    ),
)


def flags() -> set[str]:
    """What the processor says that it can."""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("flags"):
            return set(line.split(":")[1].split())
    return set()


def cache() -> Path:
    """A folder of compiled kernels that belongs to exactly these sources."""
    whole = hashlib.sha256()
    for source in sorted(ENGINE.rglob("*.py")):
        whole.update(source.read_bytes())
    return ROOT / "out" / "determinism" / whole.hexdigest()[:16]


def found_by(width: Width, names: list[str], threads: tuple[str, ...] = THREADS) -> dict[str, dict[str, str]]:
    """The table of hashes that a process held to this width prints."""
    command = [sys.executable, "-m", "harmonic_physics.engine.golden", "--thaw", "--threads", *threads, "--", *names]
    environment = os.environ | width.settings | {"NUMBA_CACHE_DIR": str(cache()), "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=CHUNK_LIMIT_S, check=False)
    if done.returncode:
        raise SystemExit(f"{width.name}: the process failed\n{done.stderr[-3000:]}")
    table: dict[str, dict[str, str]] = json.loads(done.stdout.splitlines()[-1])
    return table


def compare(width: Width, table: dict[str, dict[str, str]], golden: dict[str, str]) -> list[str]:
    """A line for each hash that is not the committed one."""
    return [
        f"{width.name}, {name}, {how}: {hashed} instead of {golden.get(name, 'no committed hash')}"
        for name, row in table.items()
        for how, hashed in row.items()
        if hashed != golden.get(name)
    ]


def main() -> int:
    """Compare (or renew) and say what was seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="golden universes; all by default")
    parser.add_argument("--renew", action="store_true", help="write the narrowest width's hashes as golden")
    chosen = parser.parse_args()
    golden: dict[str, str] = json.loads(GOLDEN.read_text()) if GOLDEN.is_file() else {}
    has, wrong, seen = flags(), list[str](), 0
    for width in WIDTHS:
        if not width.needs <= has:
            print(f"{width.name}: this processor lacks {', '.join(sorted(width.needs - has))}; not tried")
            continue
        began = time.perf_counter()
        table = found_by(width, chosen.names)
        if chosen.renew and not seen:
            kept = golden if chosen.names else {}
            golden = kept | {name: row["1 threads at once"] for name, row in table.items()}
            GOLDEN.write_text(json.dumps(golden, indent=2, sort_keys=True) + "\n")
        if not chosen.names and (gone := sorted(set(golden) - set(table))):
            wrong.append(f"{width.name}: committed, but no golden universe any more: {', '.join(gone)}")
        faults = compare(width, table, golden)
        wrong += faults
        seen += 1
        runs, spent = sum(len(row) for row in table.values()), time.perf_counter() - began
        print(f"{width.name}: {len(table)} universes, {runs} ways, {len(faults)} differ, {spent:.0f} s")
    for line in wrong:
        print(line)
    return 1 if wrong or not seen else 0


if __name__ == "__main__":
    sys.exit(main())
