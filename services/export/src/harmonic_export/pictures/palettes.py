"""Colours of equal lightness and strength, so that no body shouts: harmonies of hue in OKLCH, converted to sRGB.

Source: B. Ottosson, "A perceptual color space for image processing" (2020), https://bottosson.github.io/posts/oklab/
"""

from math import cos, radians, sin

from harmonic_export.pictures.spec import Palette

RGB = tuple[int, int, int]
LIGHTNESS = 0.78
CHROMA = 0.145
DISTINCT = 12
"""More voices than this repeat the colours: more hues could not be told apart."""
SPREADS: dict[str, tuple[float, ...]] = {
    "complementary": (0.0, 180.0),
    "triadic": (0.0, 120.0, 240.0),
}
ANALOGOUS_ARC = 75.0
RAINBOW_ARC = 290.0


def colours(palette: Palette, count: int) -> list[RGB]:
    """`count` colours of the palette, in order."""
    if palette.name == "custom":
        given = [parse(colour) for colour in palette.colours]
    else:
        given = [_colour(palette, i, min(count, DISTINCT)) for i in range(min(count, DISTINCT))]
    return [given[i % len(given)] for i in range(count)]


def parse(colour: str) -> RGB:
    """An sRGB colour from `#rrggbb`."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mix(one: RGB, other: RGB, share: float) -> RGB:
    """The colour at `share` of the way from one to the other, in sRGB."""
    return tuple(round(a + (b - a) * share) for a, b in zip(one, other, strict=True))  # type: ignore[return-value] # three in, three out


def _colour(palette: Palette, index: int, count: int) -> RGB:
    place = index / max(1, count - 1)
    if palette.name == "monochrome":
        return oklch(0.92 - 0.4 * place, 0.08, palette.hue_deg)
    if palette.name == "analogous":
        return oklch(LIGHTNESS, CHROMA, palette.hue_deg + ANALOGOUS_ARC * place)
    if palette.name == "rainbow":
        return oklch(LIGHTNESS, CHROMA, palette.hue_deg + RAINBOW_ARC * place)
    hues = SPREADS[palette.name]
    shade = index // len(hues) / max(1, (count - 1) // len(hues))
    return oklch(LIGHTNESS + 0.1 - 0.25 * shade, CHROMA, palette.hue_deg + hues[index % len(hues)])


def oklch(lightness: float, chroma: float, hue_deg: float) -> RGB:
    """The sRGB colour of an OKLCH triple, its chroma lowered until it can be shown."""
    a, b = cos(radians(hue_deg)), sin(radians(hue_deg))
    while True:
        channels = _linear_srgb(lightness, chroma * a, chroma * b)
        if chroma <= 0.0 or all(-1e-4 <= c <= 1.0001 for c in channels):
            break
        chroma -= 0.004
    red, green, blue = (round(255 * _gamma(min(1.0, max(0.0, c)))) for c in channels)
    return red, green, blue


def _linear_srgb(lightness: float, a: float, b: float) -> tuple[float, float, float]:
    """Ottosson's matrices: OKLab to cone responses, their cubes, then linear sRGB."""
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _gamma(linear: float) -> float:
    """The transfer function of IEC 61966-2-1."""
    return 12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055
