"""Simulations: from a document and a seed to a trajectory file, found again by digest."""
