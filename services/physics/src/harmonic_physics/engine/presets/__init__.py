"""Ready-made universes, one module a system."""
