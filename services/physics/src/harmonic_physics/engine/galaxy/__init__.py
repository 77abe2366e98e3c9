"""Runs of galaxies: how stars begin, how they move, what is seen of them."""
