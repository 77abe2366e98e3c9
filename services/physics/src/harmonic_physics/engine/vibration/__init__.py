"""What vibrating bodies share: excitations, losses in air, banks of modes, and the run that lets them ring."""
