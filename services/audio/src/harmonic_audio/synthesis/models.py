"""The voice models: every way of making sound that an instrument can name, told apart by ``kind``.

A model is a frozen document whose fields are the instrument's data, and makes the sources of a voice's notes
(`harmonic_audio.synthesis.source.VoiceModel`). Its kernels are compiled when a note first needs them, not at import.
"""

from typing import Annotated

from pydantic import Field

from harmonic_audio.synthesis.additive import Additive
from harmonic_audio.synthesis.audification import Audification
from harmonic_audio.synthesis.granular import Granular
from harmonic_audio.synthesis.held import Held
from harmonic_audio.synthesis.modal import Modal
from harmonic_audio.synthesis.noise_voice import NoiseVoice
from harmonic_audio.synthesis.percussion import Percussion
from harmonic_audio.synthesis.phase_modulation import PhaseModulation
from harmonic_audio.synthesis.string import String
from harmonic_audio.synthesis.struck import Struck
from harmonic_audio.synthesis.subtractive import Subtractive
from harmonic_audio.synthesis.waveguides import Blown, Bowed

Model = Annotated[
    Struck
    | Held
    | Additive
    | String
    | Modal
    | Subtractive
    | PhaseModulation
    | NoiseVoice
    | Granular
    | Audification
    | Bowed
    | Blown
    | Percussion,
    Field(discriminator="kind"),
]
