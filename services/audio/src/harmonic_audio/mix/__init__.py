"""From voices to the master: position, room, level and ceiling."""
