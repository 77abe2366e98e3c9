"""The modes of bars."""
