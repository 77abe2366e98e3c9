"""Version 3 of the chassis tables: what changed since version 2."""
