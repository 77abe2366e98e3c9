"""Diffusion and reaction."""
