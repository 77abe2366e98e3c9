"""The mapping: a trajectory and a soundscape become a score. Pure: the same input gives the same score, to the bit."""

from harmonic_audio.mapping.motion import EventColumns, Motion
from harmonic_audio.mapping.piece import map_in_steps, map_to_score

__all__ = ["EventColumns", "Motion", "map_in_steps", "map_to_score"]
