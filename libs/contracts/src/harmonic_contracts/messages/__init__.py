"""Every message of the house; importing this package fills the registry."""

from harmonic_contracts.messages import ai, audio, export, gateway, operation, organization, physics

__all__ = ["ai", "audio", "export", "gateway", "operation", "organization", "physics"]
