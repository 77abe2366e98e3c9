"""The history of the audio service's database."""
