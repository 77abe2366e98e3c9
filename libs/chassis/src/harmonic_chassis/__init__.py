"""What every service of Harmonic Universe stands on: database, event path, jobs, artifacts, HTTP edge, security, telemetry."""
