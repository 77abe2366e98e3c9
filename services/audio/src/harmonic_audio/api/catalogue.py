"""What a soundscape may name: instruments and scales, and the schema of the document itself."""

from typing import Any

from fastapi import APIRouter

from harmonic_audio.api.views import InstrumentView, ScaleView
from harmonic_audio.soundscape import Soundscape
from harmonic_audio.synthesis.instruments import INSTRUMENTS
from harmonic_audio.tuning.scales import SCALES
from harmonic_chassis.http import Page

router = APIRouter(tags=["audio catalogue"])


@router.get("/v1/instruments")
async def list_instruments() -> Page[InstrumentView]:
    """The instruments."""
    found = [
        InstrumentView(name=i.name, family=i.family, description=i.description, midi_program=i.program)
        for i in INSTRUMENTS.values()
    ]
    return Page(items=found)


@router.get("/v1/scales")
async def list_scales() -> Page[ScaleView]:
    """The scales, as semitones above the tonic."""
    found = [ScaleView(name=s.name, semitones=[*s.semitones], description=s.description) for s in SCALES.values()]
    return Page(items=found)


@router.get("/v1/soundscapes/schema")
async def read_soundscape_schema() -> dict[str, Any]:
    """The JSON Schema of a soundscape document, with descriptions, units, ranges and defaults."""
    return Soundscape.model_json_schema()
