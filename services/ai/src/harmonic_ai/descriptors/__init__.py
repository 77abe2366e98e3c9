"""Perceptual measurements of scores and sounds, with units and confidence."""

from harmonic_ai.descriptors.score import describe_score
from harmonic_ai.descriptors.values import Descriptor, Descriptors, KeyDescriptor

__all__ = ["Descriptor", "Descriptors", "KeyDescriptor", "describe_score"]
