"""Runs of molecules: how the crystal begins, how atoms move, what is seen of them."""
