"""Integrators as data: name, order, coefficients, source."""
