"""The order to cancel a job, as every service with jobs obeys it."""

import logging
from typing import Any

from harmonic_chassis.handlers import Handlers, Message
from harmonic_chassis.jobs.submission import cancel
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.messages.operation import CANCEL_OPERATION, CancelOperation

log = logging.getLogger(__name__)


def cancel_handlers(service: str) -> Handlers:
    """The handler of the service's `cancel_operation` command; none for a service without operations."""
    handlers = Handlers()
    if service in CANCEL_OPERATION:
        handlers.on(CANCEL_OPERATION[service])(_cancel)
    return handlers


async def _cancel(message: Message[CancelOperation], uow: UnitOfWork, chassis: Any) -> None:
    if message.organization_id is None:
        log.warning("a cancel order without organization was ignored: %s", message.id)
        return
    await cancel(uow, message.data.operation_id, organization_id=message.organization_id)
