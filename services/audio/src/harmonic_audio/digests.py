"""What a rendering is made of, as one digest: equal digests, equal scores and masters."""

import hashlib

from harmonic_audio.engine import ENGINE_VERSION, MAPPING_VERSION
from harmonic_audio.soundscape import Soundscape


def rendering_digest(trajectory_digest: str, document: Soundscape, *, stems: str) -> str:
    """SHA-256 over the trajectory's digest, the document, the versions of mapping and engine, and what is asked for."""
    made_of = (trajectory_digest, document.model_dump_json(), MAPPING_VERSION, ENGINE_VERSION, stems)
    return hashlib.sha256("\n".join(made_of).encode()).hexdigest()
