"""`python -m harmonic_client`: the `harmonic` command, for an interpreter whose scripts are not on the path."""

from harmonic_client.cli import main

if __name__ == "__main__":
    main()
