"""`python -m bench [NAME ...]`: measure all, or those named; print the tables and keep them under bench/results."""

import argparse
import importlib
import os
import sys

NAMES = ("demo", "start", "engine", "physics", "audio", "bus", "gateway")
ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def main() -> int:
    """Returns 1 where a bar was missed, so that a script can tell."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)} (default: all)")
    chosen = parser.parse_args().names or list(NAMES)
    if unknown := set(chosen) - set(NAMES):
        parser.error(f"there is no {', '.join(sorted(unknown))}: choose of {', '.join(NAMES)}")
    for variable in ONE_THREAD:  # as the platform sets them; numpy reads them once
        os.environ.setdefault(variable, "1")
    from bench import machine, report

    described, missed = machine.description(), 0
    for name in chosen:
        measured = importlib.import_module(f"bench.{name}").measure()
        path = report.write(measured, described)
        print(path.read_text())
        missed += sum(figure.holds is False for figure in measured.figures)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
