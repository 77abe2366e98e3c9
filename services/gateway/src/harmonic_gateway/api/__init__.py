"""The gateway's own HTTP edge: operations, performances, streams, the document and the page."""

from fastapi import APIRouter

from harmonic_gateway.api import admin, documents, events, operations, page, performances, socket

router = APIRouter()
for _part in (
    operations.router,
    performances.router,
    events.router,
    admin.router,
    socket.router,
    documents.router,
    page.router,
):
    router.include_router(_part)
