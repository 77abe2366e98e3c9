"""Masses and springs: chains, rings, lattices, trees and any graph, linear or not."""
