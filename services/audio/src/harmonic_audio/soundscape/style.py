"""What a style or a mood is: a name, and fields of a soundscape to be laid over a document."""

from dataclasses import dataclass, field
from typing import Any, Literal

Fields = dict[str, Any]


@dataclass(frozen=True)
class Style:
    """``fields`` are laid over the document, record into record; ``instruments`` replace those of every rule."""

    name: str
    kind: Literal["style", "mood"]
    description: str
    fields: Fields = field(default_factory=dict)
    instruments: tuple[str, ...] | None = None


def room(level_db: float, decay_s: float, damping_hz: float = 5000.0) -> Fields:
    """A mix with a room: level against the dry sound [dB], time to fade by 60 dB [s], where it darkens [Hz]."""
    return {"reverb": {"level_db": level_db, "decay_s": decay_s, "damping_hz": damping_hz}}
