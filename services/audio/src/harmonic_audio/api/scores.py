"""``/v1/scores``: a Standard MIDI File as a score. Nothing is stored."""

import asyncio
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response

from harmonic_audio.midi import MidiError, score_of_midi
from harmonic_chassis.http import CallerDep, ProblemError, ReadingDep, problems, refused
from harmonic_contracts.roles import Role
from harmonic_contracts.score import SCORE_MEDIA_TYPE, Score

router = APIRouter(prefix="/v1/scores", tags=["scores"])
MOST_BYTES: Final = 4 * 2**20
MOST_NOTES: Final = 20_000
ReferenceHz = Annotated[float, Query(ge=400.0, le=480.0, description="Frequency of A4 [Hz]")]
OPENAPI_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "description": "A Standard MIDI File of format 0 or 1",
        "required": True,
        "content": {"audio/midi": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.post(
    "",
    response_class=Response,
    responses={200: {"model": Score, "description": "The score"}},
    openapi_extra=OPENAPI_BODY,
)
async def read_midi_file(
    request: Request, caller: CallerDep, session: ReadingDep, reference_hz: ReferenceHz = 440.0
) -> Response:
    """The score of the MIDI file in the body: notes, controls, tempo map, keys and markers. Needs editor.

    A malformed file is refused with the byte at fault.
    """
    await caller.require(session, caller.organization_id, Role.EDITOR)
    data = await request.body()
    if len(data) > MOST_BYTES:
        raise ProblemError(problems.TOO_LARGE, detail=f"A MIDI file may have {MOST_BYTES} bytes")
    try:
        text = await asyncio.to_thread(_as_json, data, reference_hz)
    except MidiError as error:
        raise refused("body", str(error), "a Standard MIDI File of format 0 or 1") from None
    return Response(text, media_type=SCORE_MEDIA_TYPE)


def _as_json(data: bytes, reference_hz: float) -> bytes:
    return score_of_midi(data, reference_hz=reference_hz, most_notes=MOST_NOTES).model_dump_json().encode()
