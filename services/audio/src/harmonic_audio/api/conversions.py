"""``/v1/conversions``: a sound in another format, sample rate or number of channels."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import select

from harmonic_audio.api import sounds
from harmonic_audio.api.sound_views import ConversionView, conversion
from harmonic_audio.listening import Format, Wanted
from harmonic_audio.sound_jobs import CONVERT
from harmonic_audio.store.tables import SoundWorkRow
from harmonic_chassis.http import CallerDep, ChassisDep, CursorDep, Page, ReadingDep, Reply, WriteDep
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.base import Identifier

router = APIRouter(prefix="/v1/conversions", tags=["conversions"])
FORMAT = Query(description="wav16, wav24, wav_float, flac (24 bit), ogg (Vorbis) or mp3")
RATE = Query(ge=8000, le=192_000, description="In hertz; the source's without it")
CHANNELS = Query(description="1: the mean of all; 2: stereo by ITU-R BS.775; the source's without it")


@router.post("", status_code=202, response_model=ConversionView, openapi_extra=sounds.OPENAPI_BODY)
async def create_conversion(
    request: Request,
    caller: CallerDep,
    chassis: ChassisDep,
    write: WriteDep,
    format: Annotated[Format, FORMAT],
    sample_rate_hz: Annotated[int | None, RATE] = None,
    channels: Annotated[Literal["1", "2"] | None, CHANNELS] = None,
    project_id: sounds.OfProject = None,
    rendering_id: sounds.OfRendering = None,
) -> Response:
    """Convert the sound in the body, or a rendering's master. Needs editor. The operation tells of the progress."""
    wanted = Wanted.model_validate(
        {"format": format, "sample_rate_hz": sample_rate_hz, "channels": int(channels) if channels else None}
    )
    start = sounds.Start(
        kind="conversion",
        job=CONVERT,
        project_id=project_id,
        rendering_id=rendering_id,
        wanted=wanted.model_dump(mode="json"),
    )
    change = await sounds.begun(request, caller, chassis, start)

    async def begin(uow: UnitOfWork) -> Reply:
        reply: Reply = await change(uow, conversion)
        return reply

    return await write(begin)


@router.get("")
async def list_conversions(caller: CallerDep, session: ReadingDep, cursor: CursorDep) -> Page[ConversionView]:
    """The conversions that the caller may read, newest first."""
    mine = select(SoundWorkRow).where(await sounds.seen(caller, session, "conversion"))
    rows = await session.scalars(cursor.select(mine, SoundWorkRow.created_at, SoundWorkRow.work_id))
    return cursor.page(rows.all(), conversion, lambda row: (row.created_at, row.work_id))


@router.get("/{conversion_id}")
async def read_conversion(conversion_id: Identifier, caller: CallerDep, session: ReadingDep) -> ConversionView:
    """A conversion: its state, and once it succeeded its file."""
    return conversion(await sounds.found(caller, session, "conversion", conversion_id))


@router.delete("/{conversion_id}", status_code=204)
async def delete_conversion(conversion_id: Identifier, caller: CallerDep, write: WriteDep) -> Response:
    """Take a conversion away with its files; one under way is cancelled. Needs editor."""
    return await write(lambda uow: sounds.removed(uow, caller, "conversion", conversion_id))
