"""The versions that name what the same input gives: raised with every change of a score's or a master's bytes."""

from typing import Final

MAPPING_VERSION: Final = "2"
ENGINE_VERSION: Final = "2"
