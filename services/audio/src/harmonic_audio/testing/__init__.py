"""What tests of the audio service, and of those that talk with it, stand on."""
