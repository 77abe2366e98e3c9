"""The ways between services: one protocol, local within a process and RabbitMQ between processes."""

from harmonic_chassis.transport.base import ConsumerSpec, InboxPort, Outcome, Outgoing, Subscription, Transport
from harmonic_chassis.transport.local import LocalTransport

__all__ = ["ConsumerSpec", "InboxPort", "LocalTransport", "Outcome", "Outgoing", "Subscription", "Transport"]
