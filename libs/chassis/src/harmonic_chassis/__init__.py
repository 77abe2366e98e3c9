"""What every service stands on: database, event path, jobs, artifacts, HTTP edge, security, telemetry."""
