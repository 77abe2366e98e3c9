"""A canvas on which light adds up: drawn larger than life and reduced at the end, which smooths every edge."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from harmonic_export.pictures.palettes import RGB

GLOW_REDUCTION = 4
HALO_REACH = 3.5
SUPERSAMPLED_PIXELS = 3840 * 2160
REFERENCE = (1920, 1080)
LEAST = (1000, 800)
Anchor = Literal["la", "lm", "ma", "mm", "ra", "rm", "ls", "rs", "ms"]


@dataclass(frozen=True)
class Box:
    """A rectangle in units of the canvas."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def centre(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def inset(self, left: float, top: float, right: float, bottom: float) -> "Box":
        """The box without margins of these widths."""
        return Box(self.left + left, self.top + top, self.right - right, self.bottom - bottom)


@dataclass
class Canvas:
    """All coordinates and sizes are in units: a pixel of a picture of 1920 x 1080, and in others so large or so small
    that the canvas is at least 1000 units wide and 800 high. So every layout fits every size."""

    width_px: int
    height_px: int
    background: RGB
    factor: float = field(init=False)
    """Drawn pixels to a unit."""
    width: float = field(init=False)
    height: float = field(init=False)
    image: Image.Image = field(init=False)

    def __post_init__(self) -> None:
        self.finer = 2 if self.width_px * self.height_px * 4 <= SUPERSAMPLED_PIXELS else 1
        larger = min(self.width_px / REFERENCE[0], self.height_px / REFERENCE[1])
        unit = larger if larger > 1.0 else min(1.0, self.width_px / LEAST[0], self.height_px / LEAST[1])
        self.factor = unit * self.finer
        self.width, self.height = self.width_px / unit, self.height_px / unit
        self.image = Image.new("RGB", (self.width_px * self.finer, self.height_px * self.finer), self.background)

    def mask(self, box: Box) -> "Mask":
        """A dark mask over the box, on which to draw light of one colour."""
        return Mask(self, box)

    def line(self, points: list[tuple[float, float]], colour: RGB, width: float = 1.0) -> None:
        draw = ImageDraw.Draw(self.image)
        draw.line([self._at(x, y) for x, y in points], fill=colour, width=max(1, round(width * self.factor)))

    def rectangle(self, box: Box, colour: RGB, radius: float = 0.0) -> None:
        corners = (*self._at(box.left, box.top), *self._at(box.right, box.bottom))
        ImageDraw.Draw(self.image).rounded_rectangle(corners, radius * self.factor, fill=colour)

    def dot(self, x: float, y: float, radius: float, colour: RGB) -> None:
        ImageDraw.Draw(self.image).circle(self._at(x, y), radius * self.factor, fill=colour)

    def text(self, x: float, y: float, text: str, size: float, colour: RGB, anchor: Anchor = "la") -> None:
        ImageDraw.Draw(self.image).text(self._at(x, y), text, fill=colour, font=self._font(size), anchor=anchor)

    def text_width(self, text: str, size: float) -> float:
        return self._font(size).getlength(text) / self.factor

    def fitted(self, text: str, size: float, width: float) -> str:
        """The text, shortened with an ellipsis where it would be wider than `width`."""
        if self.text_width(text, size) <= width:
            return text
        while text and self.text_width(text + "...", size) > width:
            text = text[:-1]
        return text.rstrip() + "..."

    def finished(self) -> Image.Image:
        """The picture in its own size."""
        return self.image.reduce(self.finer) if self.finer > 1 else self.image

    def _at(self, x: float, y: float) -> tuple[float, float]:
        return x * self.factor, y * self.factor

    def _font(self, size: float) -> ImageFont.FreeTypeFont:
        return _font(round(size * self.factor))


class Mask:
    """Light of one colour over a box of a canvas, 0 to 255 a pixel; where it is drawn twice the brighter one counts."""

    def __init__(self, canvas: Canvas, box: Box) -> None:
        self.factor = canvas.factor
        self.canvas = canvas
        self.origin = round(box.left * self.factor), round(box.top * self.factor)
        self.image = Image.new("L", (round(box.width * self.factor), round(box.height * self.factor)), 0)
        self.draw = ImageDraw.Draw(self.image)

    def at(self, x: float, y: float) -> tuple[float, float]:
        """A point of the canvas in pixels of the mask."""
        return x * self.factor - self.origin[0], y * self.factor - self.origin[1]

    def line(self, points: list[tuple[float, float]], light: int, width: float) -> None:
        """A line through points that `at` gave."""
        drawn = max(1, round(width * self.factor))
        self.draw.line(points, fill=light, width=drawn, joint="curve" if drawn > 2 else None)

    def dot(self, x: float, y: float, radius: float, light: int) -> None:
        self.draw.circle(self.at(x, y), radius * self.factor, fill=light)

    def pill(self, x: float, y: float, width: float, height: float, light: int) -> None:
        """An upright ellipse; a dot where width and height are equal."""
        (left, top), (right, bottom) = self.at(x - width / 2, y - height / 2), self.at(x + width / 2, y + height / 2)
        self.draw.ellipse((left, top, right, bottom), fill=light)

    def streak(self, left: float, right: float, y: float, height: float, light: float) -> None:
        """A horizontal streak, brightest at its left end and fading out to the right."""
        x, top = (round(v) for v in self.at(left, y - height / 2))
        size = max(1, round((right - left) * self.factor)), max(1, round(height * self.factor))
        strip = _fade().resize(size, Image.Resampling.BILINEAR).point([round(v * light) for v in range(256)])
        region = x, top, x + size[0], top + size[1]
        self.image.paste(ImageChops.lighter(self.image.crop(region), strip), region)

    def shine(self, colour: RGB, glow: float = 0.0, radius: float = 10.0) -> None:
        """Add the light to the canvas, with a halo of `radius` pixels and strength `glow` around it."""
        lit = self._lit(radius)
        if lit is None:
            return
        light = self.image.crop(lit)
        x, y = self.origin
        region = lit[0] + x, lit[1] + y, lit[2] + x, lit[3] + y
        below = self.canvas.image.crop(region)
        if glow > 0.0:
            below = ImageChops.screen(below, _tinted(self._halo(light, glow, radius), colour))
        below.paste(colour, (0, 0), light)
        self.canvas.image.paste(below, region)

    def _lit(self, radius: float) -> tuple[int, int, int, int] | None:
        """The part of the mask that light and halo reach: the rest need not be touched."""
        drawn = self.image.getbbox()
        if drawn is None:
            return None
        reach = round(HALO_REACH * radius * self.factor)
        left, top, right, bottom = drawn
        width, height = self.image.size
        return max(0, left - reach), max(0, top - reach), min(width, right + reach), min(height, bottom + reach)

    def _halo(self, light: Image.Image, glow: float, radius: float) -> Image.Image:
        small = light.reduce(GLOW_REDUCTION)
        blurred = small.filter(ImageFilter.GaussianBlur(radius * self.factor / GLOW_REDUCTION))
        brighter = blurred.point([min(255, round(v * 2.0 * glow)) for v in range(256)])
        return brighter.resize(light.size, Image.Resampling.BILINEAR)


def _tinted(light: Image.Image, colour: RGB) -> Image.Image:
    return Image.merge("RGB", [light.point([v * channel // 255 for v in range(256)]) for channel in colour])


@lru_cache
def _fade() -> Image.Image:
    """256 steps from full light to an eighth: fast at first, as a struck sound decays."""
    strip = Image.new("L", (256, 1))
    strip.putdata([round(255 * (0.08 + 0.92 * (1 - i / 255) ** 2.2)) for i in range(256)])
    return strip


@lru_cache(maxsize=64)
def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size=max(6, size))
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise RuntimeError("Pillow was built without FreeType: install its official wheel to draw pictures")
    return font
