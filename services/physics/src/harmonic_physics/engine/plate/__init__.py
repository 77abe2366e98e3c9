"""The modes of plates."""
