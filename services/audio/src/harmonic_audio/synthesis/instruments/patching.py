"""The instrument of a voice: the catalogue's, with what the voice's patch changes."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from harmonic_audio.synthesis.instruments.catalogue import INSTRUMENTS
from harmonic_audio.synthesis.instruments.instrument import Instrument
from harmonic_contracts.score import Voice

OF_INSTRUMENT = ("program", "reverb_send")


def instrument_of(voice: Voice) -> Instrument:
    """The instrument that a voice names, patched.

    A patch holds fields of the instrument's model, ``program`` or ``reverb_send``. With ``kind`` in it the model is
    another one: then its other fields are those of that model, and none of the old one's is kept.
    Raises ValueError, with what to do, for an unknown instrument or a patch that does not fit.
    """
    if voice.instrument not in INSTRUMENTS:
        raise ValueError(f"there is no instrument {voice.instrument!r}: choose one of {', '.join(sorted(INSTRUMENTS))}")
    instrument = INSTRUMENTS[voice.instrument]
    return _patched(instrument, voice.patch) if voice.patch else instrument


def _patched(instrument: Instrument, patch: Mapping[str, Any]) -> Instrument:
    outer = {name: value for name, value in patch.items() if name in OF_INSTRUMENT}
    inner = {name: value for name, value in patch.items() if name not in OF_INSTRUMENT}
    model = inner if "kind" in inner else instrument.model.model_dump() | inner
    try:
        return Instrument.model_validate(instrument.model_dump(exclude={"model"}) | outer | {"model": model})
    except ValidationError as error:
        raise ValueError(f"the patch of {instrument.name!r} does not fit: {_told(error, instrument)}") from error


def _told(error: ValidationError, instrument: Instrument) -> str:
    """The faults in words; what may be patched where a field is unknown."""
    told = "; ".join(f"{'.'.join(str(p) for p in fault['loc'][-1:])}: {fault['msg']}" for fault in error.errors())
    if any(fault["type"] == "extra_forbidden" for fault in error.errors()):
        told += f". It has {', '.join(sorted([*type(instrument.model).model_fields, *OF_INSTRUMENT]))}"
    return told
