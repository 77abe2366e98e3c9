"""Smooth systems: equations of motion as a graph, moved by Taylor series, read at any time, with events at exact
roots."""
