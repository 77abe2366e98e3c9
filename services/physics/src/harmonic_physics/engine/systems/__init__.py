"""The systems, one file each: whatever module lies here and defines a System is in the registry."""
