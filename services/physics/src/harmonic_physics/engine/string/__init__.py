"""The modes of strings, and their stepping methods."""
