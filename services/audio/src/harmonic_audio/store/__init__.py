"""What the audio service remembers."""
