"""Events of the gateway: performances."""

from harmonic_contracts.artifacts import NamedArtifact
from harmonic_contracts.base import Identifier, MessageData
from harmonic_contracts.registry import event


class PerformanceFacts(MessageData):
    performance_id: Identifier
    organization_id: Identifier
    universe_id: Identifier


@event("gateway.performance.started.v1", subject="performance/{performance_id}")
class PerformanceStarted(PerformanceFacts):
    """A performance was begun."""


@event("gateway.performance.completed.v1", subject="performance/{performance_id}")
class PerformanceCompleted(PerformanceFacts):
    """A performance has its files."""

    simulation_id: Identifier
    rendering_id: Identifier
    export_id: Identifier
    files: list[NamedArtifact]


@event("gateway.performance.failed.v1", subject="performance/{performance_id}")
class PerformanceFailed(PerformanceFacts):
    """A performance ended without files."""

    step: str
    reason: str
    cancelled: bool = False
