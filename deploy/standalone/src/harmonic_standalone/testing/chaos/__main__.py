"""``python -m harmonic_standalone.testing.chaos``: the long form of the chaos, as `make chaos` runs it."""

import argparse
import asyncio
import json
import secrets
import signal
import sys
import tempfile
from pathlib import Path

import uvloop

from harmonic_chassis import threads
from harmonic_standalone.testing.chaos.plan import Plan
from harmonic_standalone.testing.chaos.run import Report, Wanted, run, storms


def main() -> int:
    """Run, print the report, and fail on any fault, on any kill that the plan did not get, and on a late end."""
    options = _parser().parse_args()
    threads.pin()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was started is stopped, however this ends
    wanted = Wanted(
        options.seed,
        options.events,
        Plan.even(options.seed, options.each),
        storms(options.seed, options.storms),
        editors=options.editors,
        limit_s=options.minutes * 60,
    )
    folder = Path(tempfile.mkdtemp(prefix="hu-chaos-"))
    say(f"seed {options.seed}; ledger and logs in {folder}")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        report = runner.run(run(wanted, folder, say))
    text = json.dumps(report.document(), indent=2)
    print(text)  # noqa: T201
    if options.out:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(text + "\n")
    return _verdict(report, options.events, options.minutes, options.seed)


def _verdict(report: Report, events: int, minutes: float, seed: int) -> int:
    kept = not report.faults and not report.missing and report.events >= events and report.seconds < minutes * 60
    kills = sum(report.kills.values())
    say(f"{report.events} events, {report.answers} answers, {kills} kills, {report.counts}, {report.seconds:.0f} s")
    if not kept:
        say(f"FAILED. Again with: python -m harmonic_standalone.testing.chaos --seed {seed}")
    return 0 if kept else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m harmonic_standalone.testing.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="repeats the choices of a run")
    parser.add_argument("--events", type=int, default=100_000, help="business events that the logs must hold at least")
    parser.add_argument("--each", type=int, default=20, help="kills at each marked point")
    parser.add_argument("--storms", type=int, default=5, help="of each: kill and cut, of broker and database")
    parser.add_argument("--editors", type=int, default=112)
    parser.add_argument("--minutes", type=float, default=40.0, help="the run must end within them")
    parser.add_argument("--out", type=Path, help="write the report here as well")
    return parser


def say(line: str) -> None:
    """Tell who waits."""
    print(line, file=sys.stderr, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
