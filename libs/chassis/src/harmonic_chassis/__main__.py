"""`python -m harmonic_chassis`: see `main`. `health` is answered without loading it, since it is asked all the time."""

import sys

from harmonic_chassis import heartbeat

if sys.argv[1:2] == ["health"] and len(sys.argv) <= 3:
    sys.exit(heartbeat.main(*sys.argv[2:]))

from harmonic_chassis.main import main

sys.exit(main())
