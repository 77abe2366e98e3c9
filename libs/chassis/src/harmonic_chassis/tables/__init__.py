"""All tables that the chassis keeps in each service's database; importing this package fills ``metadata``."""

from harmonic_chassis.tables import artifacts, edge, event_path, jobs
from harmonic_chassis.tables.base import metadata

__all__ = ["artifacts", "edge", "event_path", "jobs", "metadata"]
