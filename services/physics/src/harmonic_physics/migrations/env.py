from harmonic_chassis.migrations.env import run

run()
