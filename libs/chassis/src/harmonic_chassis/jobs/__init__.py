"""Durable long work: jobs that survive any kill, share the workers fairly, and can be watched and cancelled."""

from harmonic_chassis.jobs.kinds import NO_WORK, Checkpoint, JobContext, JobKind, JobRefused, Work
from harmonic_chassis.jobs.obey import cancel_handlers
from harmonic_chassis.jobs.reading import read, unfinished
from harmonic_chassis.jobs.schedule import Schedule
from harmonic_chassis.jobs.submission import SYSTEM_ORGANIZATION, cancel, submit

__all__ = [
    "NO_WORK",
    "SYSTEM_ORGANIZATION",
    "Checkpoint",
    "JobContext",
    "JobKind",
    "JobRefused",
    "Schedule",
    "Work",
    "cancel",
    "cancel_handlers",
    "read",
    "submit",
    "unfinished",
]
