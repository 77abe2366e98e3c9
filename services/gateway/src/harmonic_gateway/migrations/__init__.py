"""The migration history of the gateway's database."""
