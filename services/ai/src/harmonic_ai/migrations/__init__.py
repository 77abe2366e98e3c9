"""The migration history of the ai database."""
