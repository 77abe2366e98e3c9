"""What can be named: instruments, scales, styles; and scores of MIDI files."""

from pathlib import Path
from typing import Any, Final

from harmonic_client.models import Instrument, Scale, Style
from harmonic_client.resources.listing import pages
from harmonic_client.session import Session
from harmonic_client.uploads import MIB, Upload

MOST_MIDI_BYTES: Final = 4 * MIB


class Catalogue:
    """``/v1/instruments``, ``/v1/scales`` and ``/v1/styles``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def instruments(self) -> list[Instrument]:
        """The instruments that a soundscape may name."""
        return [each async for each in pages(self._session, "/v1/instruments", Instrument)]

    async def instrument_schema(self) -> dict[str, Any]:
        """The JSON Schema of an instrument: every model with its fields, their units, ranges and defaults."""
        return dict((await self._session.send("GET", "/v1/instruments/schema")).json())

    async def scales(self) -> list[Scale]:
        """The scales that a key may name."""
        return [each async for each in pages(self._session, "/v1/scales", Scale)]

    async def styles(self) -> list[Style]:
        """Styles and moods: presets of a soundscape's own fields."""
        return [each async for each in pages(self._session, "/v1/styles", Style)]


class Scores:
    """``/v1/scores``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def of_midi(self, file: Path, *, reference_hz: float | None = None) -> dict[str, Any]:
        """The score of a Standard MIDI File. Raises Invalid with the byte at fault of a malformed one.

        Nothing is stored, so that it may be tried again.
        """
        query = {"reference_hz": str(reference_hz)} if reference_hz is not None else None
        body = Upload(file, "audio/midi", MOST_MIDI_BYTES)
        return dict((await self._session.send("POST", "/v1/scores", body=body, params=query, once=True)).json())
