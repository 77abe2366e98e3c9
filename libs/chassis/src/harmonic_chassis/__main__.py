"""`python -m harmonic_chassis`: see `harmonic_chassis.main`."""

import sys

from harmonic_chassis.main import main

sys.exit(main())
