"""How the orbits system starts, steps and runs."""
