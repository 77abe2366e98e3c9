"""Version 2 of the chassis tables: what changed since version 1."""
