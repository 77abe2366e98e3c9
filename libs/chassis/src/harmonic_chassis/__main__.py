"""`python -m harmonic_chassis`: see `main`. `health` is answered without loading it, since it is asked all the time."""

import sys

from harmonic_chassis import heartbeat, threads

if sys.argv[1:2] == ["health"] and len(sys.argv) <= 3:
    sys.exit(heartbeat.main(*sys.argv[2:]))

threads.pin()

from harmonic_chassis.main import main  # noqa: E402  # after the pin: its libraries look once

sys.exit(main())
