"""The metadata that holds the chassis tables of a service's database."""

from harmonic_chassis.orm import new_metadata

metadata = new_metadata()
