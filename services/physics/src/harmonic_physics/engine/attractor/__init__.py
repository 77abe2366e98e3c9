"""Strange attractors and equations that a user writes: formulas on the tape, moved by Taylor series."""
