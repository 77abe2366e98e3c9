"""Bundles: a whole performance in one ZIP file, written without trace of time and place, read with suspicion."""
