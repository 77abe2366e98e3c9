"""From a trajectory file to what the mapping reads."""

from pathlib import Path

import numpy as np

from harmonic_audio.mapping import EventColumns, Motion
from harmonic_chassis.trajectory_file import TrajectoryFile


def motion_of(path: Path) -> Motion:
    """The motion in a trajectory file; observables stay on disk until they are read. Raises BadArchive."""
    file = TrajectoryFile.open(path)
    table = file.events
    events = EventColumns(
        time=np.asarray(table.time),
        kind=np.asarray(table.kind, dtype=np.int64),
        body_a=np.asarray(table.body_a, dtype=np.int64),
        body_b=np.asarray(table.body_b, dtype=np.int64),
        strength=np.asarray(table.strength),
        position=np.asarray(table.position),
    )
    arrays = {observable.name: file.array(observable.name) for observable in file.header.observables}
    return Motion(file.header, np.asarray(file.time), events, arrays)
