"""One trace tells of a performance from the request to the last file, through every service."""

import json
import secrets
from pathlib import Path
from typing import Any

from tests.journeys.conftest import SPANS

from harmonic_chassis.testing.house import eventually
from harmonic_standalone.testing import SHORT, SMALL, Platform, signed_up

Span = dict[str, Any]


def _spans(file: Path, trace_id: str) -> dict[str, Span]:
    """The spans of a trace by their ids."""
    lines = [json.loads(line) for line in file.read_text().splitlines() if trace_id in line]
    return {line["context"]["span_id"]: line for line in lines}


async def test_a_performance_is_one_trace_through_all_services(platform: Platform) -> None:
    """A performance asked for with a traceparent leaves spans of the gateway, physics, audio and export with that trace
    id, each the child of one that is there. Each of its three jobs hangs on the handler of its command, and that, by
    inbox, broker and outbox, on the request, in whatever processes they were."""
    async with signed_up(platform.url) as player:
        universe = await player.universe(SMALL, SHORT)
        trace_id, caller = secrets.token_hex(16), secrets.token_hex(8)
        headers = {"traceparent": f"00-{trace_id}-{caller}-01"}
        body = {"universe_id": universe.universe_id}
        begun = await player.ask("POST", "/v1/performances", json=body, headers=headers)
        assert begun.status == 202
        operation = await player.harmonic.operations.wait(begun.json()["operation_id"])
        assert operation.state == "succeeded"
    file = platform.folder / SPANS

    async def complete() -> dict[str, Span] | None:
        found = _spans(file, f"0x{trace_id}")
        known = {f"0x{caller}", *found}
        whole = all(span["parent_id"] in known for span in found.values())
        return found if whole and _named(found, "job export") else None

    spans = await eventually(complete, 30.0)
    assert spans is not None
    services = {span["resource"]["attributes"]["service.name"] for span in spans.values()}
    assert services >= {"gateway", "physics", "audio", "export"}
    for kind in ("job physics.", "job audio.", "job export."):
        [job] = _named(spans, kind)
        assert _ancestors(spans, job) == ["process", "receive", "send", "outbox", "POST /v1/performances"]
    told = [span for span in spans.values() if span["name"] == "process physics.simulation.completed.v1"]
    assert {_ancestors(spans, span)[3] for span in told} == {"job"}, "what the job said is below the job"


def _named(spans: dict[str, Span], prefix: str) -> list[Span]:
    return [span for span in spans.values() if span["name"].startswith(prefix)]


def _ancestors(spans: dict[str, Span], span: Span) -> list[str]:
    """The names of the spans above one, nearest first; of the stages the first word."""
    found = []
    while span := spans.get(span["parent_id"], {}):
        name = span["name"]
        found.append(name if name.startswith("POST") else name.split()[0])
    return found
