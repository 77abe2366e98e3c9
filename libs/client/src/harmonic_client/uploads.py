"""Files that are sent as bodies: bounded, never whole in memory, read anew for every try."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from harmonic_client.errors import UnfitFile

MIB: Final = 2**20


@dataclass(frozen=True)
class Upload:
    """A file to send. `most_bytes` is what the API takes there: a longer file is refused before a byte is sent."""

    path: Path
    media_type: str
    most_bytes: int

    async def opened(self) -> IO[bytes]:
        """The file at its start; who takes it closes it. Raises UnfitFile where it is missing, empty or too large."""
        return await asyncio.to_thread(self._opened)

    def _opened(self) -> IO[bytes]:
        try:
            file = self.path.open("rb")
        except OSError as error:
            raise UnfitFile(f"{self.path} cannot be read: {error.strerror or error}") from None
        size = file.seek(0, 2)
        file.seek(0)
        if 0 < size <= self.most_bytes:
            return file
        file.close()
        bound = f"at most {self.most_bytes} may be sent here"
        raise UnfitFile(f"{self.path} is empty" if not size else f"{self.path} has {size} bytes; {bound}")
