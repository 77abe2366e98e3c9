"""Pendulums: a chain of rods in a plane, and a bob over magnets."""
