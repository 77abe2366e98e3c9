"""What a soundscape may name: instruments and scales, and the schema of the document itself."""

from typing import Any

from fastapi import APIRouter

from harmonic_audio.api.views import InstrumentView, ScaleView, StyleView
from harmonic_audio.soundscape import Soundscape
from harmonic_audio.soundscape.styles import STYLES
from harmonic_audio.synthesis.instruments import INSTRUMENTS, Instrument
from harmonic_audio.tuning.scales import SCALES
from harmonic_chassis.http import Page

router = APIRouter(tags=["audio catalogue"])


@router.get("/v1/instruments")
async def list_instruments() -> Page[InstrumentView]:
    """The instruments."""
    found = [
        InstrumentView(
            name=i.name,
            family=i.family,
            description=i.description,
            midi_program=i.program,
            reverb_send=i.reverb_send,
            model=i.model.model_dump(mode="json"),
        )
        for i in INSTRUMENTS.values()
    ]
    return Page(items=found)


@router.get("/v1/instruments/schema")
async def read_instrument_schema() -> dict[str, Any]:
    """The JSON Schema of an instrument: every voice model with its fields, their units, ranges and defaults."""
    return Instrument.model_json_schema()


@router.get("/v1/scales")
async def list_scales() -> Page[ScaleView]:
    """The scales, as semitones above the tonic."""
    found = [ScaleView(name=s.name, semitones=[*s.semitones], description=s.description) for s in SCALES.values()]
    return Page(items=found)


@router.get("/v1/styles")
async def list_styles() -> Page[StyleView]:
    """Styles and moods: presets of a soundscape's own fields, to be laid over a document."""
    found = [
        StyleView(
            name=style.name,
            kind=style.kind,
            description=style.description,
            fields=style.fields,
            instruments=None if style.instruments is None else [*style.instruments],
        )
        for style in STYLES.values()
    ]
    return Page(items=found)


@router.get("/v1/soundscapes/schema")
async def read_soundscape_schema() -> dict[str, Any]:
    """The JSON Schema of a soundscape document, with descriptions, units, ranges and defaults."""
    return Soundscape.model_json_schema()
