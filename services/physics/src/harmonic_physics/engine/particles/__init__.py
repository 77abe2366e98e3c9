"""How the particles system starts, steps and runs."""
