"""Oscillators that feel each other: phases (Kuramoto), metronomes on a plank, Van der Pol's and Duffing's."""
