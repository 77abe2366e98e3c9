"""Sounds that one has: their analyses and conversions, of a file that is sent or of a rendering's master."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

from harmonic_client.models import Analysis, Conversion
from harmonic_client.resources.listing import pages
from harmonic_client.session import Session
from harmonic_client.uploads import MIB, Upload

MOST_SOUND_BYTES: Final = 64 * MIB
ANY_SOUND: Final = "application/octet-stream"
"""The content tells what it is."""


class Analyses:
    """``/v1/analyses``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def create(
        self, file: Path | None = None, *, rendering_id: str | None = None, project_id: str | None = None
    ) -> Analysis:
        """Begin to analyse a sound file (WAV, FLAC, OGG or MP3), or a rendering's master: name one of them."""
        body, query = _source(file, rendering_id, project_id)
        reply = await self._session.send("POST", "/v1/analyses", body=body, params=query, once=True)
        return Analysis.model_validate(reply.json())

    async def get(self, analysis_id: str) -> Analysis:
        """One analysis; its `measures` are there once it has succeeded."""
        return Analysis.model_validate((await self._session.send("GET", f"/v1/analyses/{analysis_id}")).json())

    async def report(self, analysis_id: str) -> dict[str, Any]:
        """Pitch, onsets, tempo, key, spectral shape and bands. Raises Conflict before the analysis has succeeded."""
        found = (await self._session.send("GET", f"/v1/analyses/{analysis_id}/report")).json()
        return dict(found)

    def list(self) -> AsyncIterator[Analysis]:
        """The analyses that the user may see, newest first."""
        return pages(self._session, "/v1/analyses", Analysis)

    async def delete(self, analysis_id: str) -> None:
        """Take an analysis away with its sound; one under way is cancelled."""
        await self._session.send("DELETE", f"/v1/analyses/{analysis_id}")


class Conversions:
    """``/v1/conversions``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def create(
        self,
        file: Path | None = None,
        *,
        to: str,
        sample_rate_hz: int | None = None,
        channels: int | None = None,
        rendering_id: str | None = None,
        project_id: str | None = None,
    ) -> Conversion:
        """Begin to convert a sound file, or a rendering's master, to wav16, wav24, wav_float, flac, ogg or mp3."""
        body, query = _source(file, rendering_id, project_id)
        wanted = {"format": to, "sample_rate_hz": sample_rate_hz, "channels": channels}
        query |= {name: str(value) for name, value in wanted.items() if value is not None}
        reply = await self._session.send("POST", "/v1/conversions", body=body, params=query, once=True)
        return Conversion.model_validate(reply.json())

    async def get(self, conversion_id: str) -> Conversion:
        """One conversion; its `file` is there once it has succeeded."""
        return Conversion.model_validate((await self._session.send("GET", f"/v1/conversions/{conversion_id}")).json())

    def list(self) -> AsyncIterator[Conversion]:
        """The conversions that the user may see, newest first."""
        return pages(self._session, "/v1/conversions", Conversion)

    async def delete(self, conversion_id: str) -> None:
        """Take a conversion away with its files; one under way is cancelled."""
        await self._session.send("DELETE", f"/v1/conversions/{conversion_id}")


def _source(
    file: Path | None, rendering_id: str | None, project_id: str | None
) -> tuple[Upload | None, dict[str, str]]:
    """The body and the query that name where the sound comes from. Raises ValueError unless one of both is named."""
    if (file is None) == (rendering_id is None):
        raise ValueError("name a file or a rendering_id, one of them")
    given = {"rendering_id": rendering_id, "project_id": project_id}
    query = {name: value for name, value in given.items() if value is not None}
    return (Upload(file, ANY_SOUND, MOST_SOUND_BYTES) if file is not None else None), query
