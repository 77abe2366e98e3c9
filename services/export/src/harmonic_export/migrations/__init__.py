"""The migration history of the export database."""
