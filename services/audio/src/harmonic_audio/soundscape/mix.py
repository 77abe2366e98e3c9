"""The mix document: from voices to the master. Layout, inserts and sends, the room, loudness and ceiling."""

from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, model_validator

from harmonic_audio.soundscape.effects import Chorus, Compressor, Delay, Equaliser, Reverb
from harmonic_contracts.base import Contract

LayoutName = Literal["stereo", "binaural", "5.1", "7.1", "ambix1", "ambix2", "ambix3", "ambix4", "ambix5"]
Delivery = Literal["custom", "r128", "streaming", "podcast", "film"]

DELIVERIES: Final[dict[str, tuple[float, float]]] = {
    "r128": (-23.0, -1.0),
    "streaming": (-14.0, -1.0),
    "podcast": (-16.0, -1.0),
    "film": (-27.0, -2.0),
}
"""Integrated loudness [LUFS] and ceiling [dBTP]: EBU R 128; what streaming services play at; spoken word; the mixes
for home that film services ask for (there measured on dialogue, here on everything)."""

Insert = Annotated[Equaliser | Compressor, Field(discriminator="kind")]
Inserts = Annotated[list[Insert], Field(max_length=8)]


class VoiceMix(Contract):
    """How one voice, or all voices of an instrument, goes into the mix."""

    voice: str = Field(
        min_length=1, max_length=120, description="Name of a voice, or else of an instrument, or `*` for all others"
    )
    gain_db: float = Field(default=0.0, ge=-60.0, le=24.0, description="Level, before the inserts [dB]")
    inserts: Inserts = Field(default=[], description="Effects on the voice alone, in order")
    reverb_send: float | None = Field(
        default=None, ge=0.0, le=1.0, description="Share sent to the room; empty: as the instrument says"
    )
    delay_send: float = Field(default=0.0, ge=0.0, le=1.0, description="Share sent to the delay")
    chorus_send: float = Field(default=0.0, ge=0.0, le=1.0, description="Share sent to the chorus")
    lfe_send: float = Field(
        default=0.0, ge=0.0, le=1.0, description="Share sent to the low frequency channel of 5.1 and 7.1"
    )


class Mix(Contract):
    """From voices to the master."""

    delivery: Delivery = Field(
        default="custom",
        description="A named target: r128 -23 LUFS / -1 dBTP, streaming -14 / -1, podcast -16 / -1, film -27 / -2. "
        "With `custom`, `target_lufs` and `ceiling_dbtp` say it",
    )
    target_lufs: float = Field(
        default=-16.0, ge=-40.0, le=-9.0, description="Integrated loudness, ITU-R BS.1770 [LUFS]"
    )
    ceiling_dbtp: float = Field(default=-1.0, ge=-12.0, le=-0.1, description="Highest true peak [dBTP]")
    layout: LayoutName = Field(
        default="stereo",
        description="Channels of the master: loudspeakers, headphones (binaural), or ambiX (ACN, SN3D) of an order",
    )
    width: float = Field(default=1.0, ge=0.0, le=1.0, description="Factor of every pan position")
    doppler: bool = Field(
        default=True, description="Whether a changing distance shifts the pitch of voices that have one"
    )
    voices: Annotated[list[VoiceMix], Field(max_length=256)] = Field(
        default=[], description="Voices that are mixed in a way of their own; the first that fits counts"
    )
    reverb: Reverb | None = Field(default=Reverb(), description="The room that every voice is sent to, or none")
    delay: Delay | None = Field(default=None, description="The delay that voices may be sent to")
    chorus: Chorus | None = Field(default=None, description="The chorus that voices may be sent to")
    master: Inserts = Field(default=[], description="Effects on the whole mix, in order, before the limiter")

    @model_validator(mode="before")
    @classmethod
    def _named_target(cls, data: Any) -> Any:
        """A named delivery fills in its figures."""
        if isinstance(data, dict) and data.get("delivery") in DELIVERIES:
            lufs, dbtp = DELIVERIES[data["delivery"]]
            return {"target_lufs": lufs, "ceiling_dbtp": dbtp} | data
        return data

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        named = DELIVERIES.get(self.delivery)
        if named is not None and named != (self.target_lufs, self.ceiling_dbtp):
            raise ValueError(
                f"delivery {self.delivery!r} means {named[0]:g} LUFS and {named[1]:g} dBTP: "
                "leave target_lufs and ceiling_dbtp out, or choose `custom`"
            )
        for voice in self.voices:
            if voice.delay_send and self.delay is None:
                raise ValueError(f"{voice.voice!r} is sent to a delay, but the mix has none: add `delay`")
            if voice.chorus_send and self.chorus is None:
                raise ValueError(f"{voice.voice!r} is sent to a chorus, but the mix has none: add `chorus`")
        return self

    def voice(self, name: str, instrument: str) -> VoiceMix:
        """How a voice is mixed: the entry of its name, else of its instrument, else of `*`, else the default."""
        for wanted in (name, instrument, "*"):
            for entry in self.voices:
                if entry.voice == wanted:
                    return entry
        return VoiceMix(voice="*")
