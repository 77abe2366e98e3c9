"""What a simulation found: its header, its frames by range, its events by page."""

import asyncio
import re
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from harmonic_chassis.http import (
    Caller,
    CallerDep,
    ChassisDep,
    CursorDep,
    Page,
    ProblemError,
    ReadingDep,
    problems,
    refused,
)
from harmonic_contracts.artifacts import ArtifactRef
from harmonic_contracts.trajectory import PhysicalEvent, TrajectoryHeader
from harmonic_physics.api import rights

if TYPE_CHECKING:
    from harmonic_chassis.service import Chassis
    from harmonic_chassis.trajectory_file import TrajectoryFile

router = APIRouter(prefix="/v1/simulations/{simulation_id}", tags=["trajectories"])

JSON_NUMBERS = 250_000
BINARY_NUMBERS = 4_000_000
RAW, NPY, JSON = "application/octet-stream", "application/x-npy", "application/json"


class TrajectoryView(BaseModel):
    """The header, and where the whole file is."""

    header: TrajectoryHeader
    artifact: ArtifactRef
    url: str


class Frames(BaseModel):
    """Frames start, start + stride, ... below stop of one observable; values have shape (frames, *shape)."""

    observable: str
    unit: str
    shape: list[int] = Field(description="Of one frame")
    start: int
    stop: int
    stride: int
    time_unit: str
    time: list[float]
    values: list[Any]


async def _opened(
    session: Any, caller: Caller, chassis: "Chassis", simulation_id: str
) -> "tuple[TrajectoryFile, ArtifactRef]":
    """The file of a finished simulation; 409 where it has none (yet)."""
    simulation = await rights.readable_simulation(session, caller, simulation_id)
    if simulation.trajectory is None:
        raise ProblemError(problems.CONFLICT, detail=f"The simulation is {simulation.state}: it has no trajectory")
    ref = ArtifactRef.model_validate(simulation.trajectory)
    path = await chassis.artifacts.local(ref.sha256)

    def open_file() -> "TrajectoryFile":
        from harmonic_chassis.trajectory_file import TrajectoryFile

        return TrajectoryFile.open(path)

    return await asyncio.to_thread(open_file), ref


@router.get("/trajectory")
async def read_trajectory(
    simulation_id: str, caller: CallerDep, session: ReadingDep, chassis: ChassisDep
) -> TrajectoryView:
    """Bodies, observables with units, event kinds and the certificate."""
    file, ref = await _opened(session, caller, chassis, simulation_id)
    return TrajectoryView(header=file.header, artifact=ref, url=f"/v1/artifacts/{ref.producer}/{ref.sha256}")


@router.get("/frames", response_model=Frames, responses={200: {"content": {RAW: {}, NPY: {}}}})
async def read_frames(
    simulation_id: str,
    request: Request,
    caller: CallerDep,
    session: ReadingDep,
    chassis: ChassisDep,
    observable: Annotated[str, Query(max_length=60, description="Name of an observable, or `time`")] = "position",
    start: Annotated[int, Query(ge=0, lt=2**31)] = 0,
    stop: Annotated[int | None, Query(ge=0, lt=2**31)] = None,
    stride: Annotated[int, Query(ge=1, lt=2**31)] = 1,
) -> Response:
    """Frames of one observable: JSON, or float64 little endian (octet-stream), or npy, by Accept."""
    form = _form(request.headers.get("accept", "*/*"))
    file, _ = await _opened(session, caller, chassis, simulation_id)
    return await asyncio.to_thread(_frames, file, form, observable, start, stop, stride)


def _form(accept: str) -> str:
    for part in accept.split(","):
        wanted = part.split(";")[0].strip().lower()
        if wanted in (RAW, NPY, JSON):
            return wanted
        if wanted in ("*/*", "application/*", ""):
            return JSON
    raise ProblemError(problems.NOT_ACCEPTABLE, detail=f"Frames come as {JSON}, {RAW} or {NPY}")


def _frames(file: "TrajectoryFile", form: str, observable: str, start: int, stop: int | None, stride: int) -> Response:
    import io

    import numpy as np

    units = {each.name: each.unit for each in file.header.observables} | {"time": file.header.time_unit}
    if observable not in units:
        raise refused("query.observable", f"there is no observable {observable!r}", ", ".join(units))
    source = file.time if observable == "time" else file.array(observable)
    end = len(source) if stop is None else min(stop, len(source))
    chosen = np.ascontiguousarray(source[start:end:stride], "<f8")
    _bounded(chosen.size, source, JSON_NUMBERS if form == JSON else BINARY_NUMBERS)
    headers = {
        "X-Harmonic-Shape": ",".join(map(str, chosen.shape)),
        "X-Harmonic-Unit": re.sub(r"[^ -~]", "?", units[observable]),
    }
    if form == RAW:
        return Response(chosen.tobytes(), headers=headers, media_type=RAW)
    if form == NPY:
        buffer = io.BytesIO()
        np.save(buffer, chosen, allow_pickle=False)
        return Response(buffer.getvalue(), headers=headers, media_type=NPY)
    frames = Frames(
        observable=observable,
        unit=units[observable],
        shape=list(chosen.shape[1:]),
        start=start,
        stop=end,
        stride=stride,
        time_unit=file.header.time_unit,
        time=file.time[start:end:stride].tolist(),
        values=chosen.tolist(),
    )
    return Response(frames.model_dump_json(), headers=headers, media_type=JSON)


def _bounded(numbers: int, source: Any, most: int) -> None:
    if numbers > most:
        a_frame = max(1, source.size // max(1, len(source)))
        reason = f"that are {numbers} numbers: ask for fewer frames, a larger stride, or a binary form"
        raise refused("query.stop", reason, f"at most {most // a_frame} frames a request")


@router.get("/events")
async def read_events(
    simulation_id: str,
    caller: CallerDep,
    session: ReadingDep,
    chassis: ChassisDep,
    cursor: CursorDep,
    kind: Annotated[str | None, Query(max_length=40)] = None,
    after: Annotated[float | None, Query(allow_inf_nan=False, description="Only later ones, in `time_unit`")] = None,
) -> Page[PhysicalEvent]:
    """Events in order of time, each with its exact time."""
    file, _ = await _opened(session, caller, chassis, simulation_id)
    if kind is not None and kind not in file.header.event_kinds:
        raise refused("query.kind", f"there is no kind {kind!r}", ", ".join(file.header.event_kinds))
    begin = int(cursor.after[0]) if cursor.after else 0
    return await asyncio.to_thread(_events, file, cursor, kind, after, begin)


def _events(
    file: "TrajectoryFile", cursor: Any, kind: str | None, after: float | None, begin: int
) -> Page[PhysicalEvent]:
    import numpy as np

    table = file.events
    wanted = np.ones(len(table), bool)
    wanted[:begin] = False
    if kind is not None:
        wanted &= table.kind == file.header.event_kinds.index(kind)
    if after is not None:
        wanted &= table.time > after
    indices = np.flatnonzero(wanted)[: cursor.limit + 1]
    shown = indices[: cursor.limit]
    following = cursor.write((int(indices[-1]),)) if len(indices) > cursor.limit else None
    return Page(items=list(table.select(shown).events(file.header)), next=following)
