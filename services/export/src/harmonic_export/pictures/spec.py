"""The visualization spec: what a stored picture shows, how large, and in which colours."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from harmonic_contracts.base import Contract

Colour = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$", description="sRGB as #rrggbb")]
PaletteName = Literal["rainbow", "monochrome", "complementary", "analogous", "triadic", "custom"]
MAX_PIXELS = 3840 * 2160


class Palette(Contract):
    """Colours of bodies and their voices: a harmony around a hue, or the colours given."""

    name: PaletteName = "rainbow"
    hue_deg: float = Field(default=25.0, ge=0.0, lt=360.0, description="Hue of the first colour (OKLCH) [deg]")
    colours: list[Colour] = Field(default=[], max_length=64, description="For `custom`, in order of the bodies")

    @model_validator(mode="after")
    def _custom_has_colours(self) -> Self:
        if (self.name == "custom") != bool(self.colours):
            raise ValueError("give `colours` with the palette `custom`, and only with it")
        return self


class PathsLayer(Contract):
    """The paths of the bodies in a plane: orbits, or the tracks of particles."""

    kind: Literal["paths"] = "paths"
    plane: Literal["auto", "xy", "xz", "yz"] = Field(default="auto", description="auto: the plane of largest spread")
    radial_scale: Literal["auto", "linear", "log"] = Field(
        default="auto", description="auto: logarithmic where the outermost path is over 20 times the innermost"
    )
    trail: float = Field(default=0.75, ge=0.0, le=1.0, description="Length of the bright trail, in turns of the body")
    glow: float = Field(default=0.6, ge=0.0, le=1.0)
    history: float = Field(default=0.35, ge=0.0, le=1.0, description="Brightness of the whole path")


class ScoreLayer(Contract):
    """The notes over time on a logarithmic axis of frequency."""

    kind: Literal["score"] = "score"
    glow: float = Field(default=0.6, ge=0.0, le=1.0)
    own_time: bool = Field(default=True, description="Show the universe's own time above")


Layer = Annotated[PathsLayer | ScoreLayer, Field(discriminator="kind")]


class VisualizationSpec(Contract):
    """A picture of a performance. Beside each other where it is wide, below each other where it is tall."""

    format_version: Literal[1] = 1
    width_px: int = Field(default=1920, ge=320, le=3840)
    height_px: int = Field(default=1080, ge=240, le=3840)
    title: str | None = Field(default=None, max_length=120, description="None: the title of the score")
    background: Colour = "#080a14"
    palette: Palette = Palette()
    layers: list[Layer] = Field(default=[PathsLayer(), ScoreLayer()], min_length=1, max_length=2)
    legend: bool = True

    @model_validator(mode="after")
    def _drawable(self) -> Self:
        if self.width_px * self.height_px > MAX_PIXELS:
            raise ValueError(f"width_px * height_px may be at most {MAX_PIXELS}: make the picture smaller")
        kinds = [layer.kind for layer in self.layers]
        if len(set(kinds)) != len(kinds):
            raise ValueError(f"each kind of layer may be there once, not {kinds}")
        return self
