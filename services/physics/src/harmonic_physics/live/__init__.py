"""Live sessions: a universe that steps in real time while its parameters are played."""
