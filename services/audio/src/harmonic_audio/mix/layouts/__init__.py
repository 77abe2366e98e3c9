"""Channel layouts: stereo, 5.1, 7.1, ambiX of orders 1 to 5, binaural."""

from collections.abc import Callable
from typing import Final

from harmonic_audio.mix.layouts.ambix import AmbiX
from harmonic_audio.mix.layouts.binaural import Binaural
from harmonic_audio.mix.layouts.layout import Layout, azimuth_of_pan
from harmonic_audio.mix.layouts.stereo import Stereo
from harmonic_audio.mix.layouts.surround import SURROUND_5_1, SURROUND_7_1

_LAYOUTS: Final[dict[str, Callable[[], Layout]]] = {
    "stereo": Stereo,
    "binaural": Binaural,
    "5.1": lambda: SURROUND_5_1,
    "7.1": lambda: SURROUND_7_1,
    "ambix1": lambda: AmbiX(1),
    "ambix2": lambda: AmbiX(2),
    "ambix3": lambda: AmbiX(3),
    "ambix4": lambda: AmbiX(4),
    "ambix5": lambda: AmbiX(5),
}
LAYOUT_NAMES: Final = tuple(_LAYOUTS)


def layout_named(name: str) -> Layout:
    """The layout of a name. Raises ValueError with the names there are."""
    if name not in _LAYOUTS:
        raise ValueError(f"there is no layout {name!r}: choose one of {', '.join(_LAYOUTS)}")
    return _LAYOUTS[name]()


__all__ = ["LAYOUT_NAMES", "Layout", "azimuth_of_pan", "layout_named"]
