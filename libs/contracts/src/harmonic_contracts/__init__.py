"""Events, commands, shared value types and registries of Harmonic Universe: pure, no I/O."""
