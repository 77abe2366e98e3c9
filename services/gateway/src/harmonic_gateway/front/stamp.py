"""The request id and the trace that a request carries through the house; made here where the caller brought none.

Source of the traceparent form: https://www.w3.org/TR/trace-context/#traceparent-header
"""

import secrets
from re import Pattern
from re import compile as pattern

from starlette.types import Scope

from harmonic_chassis.ids import new_id
from harmonic_gateway.routing.headers import find, with_values

_REQUEST_ID = pattern(rb"^[A-Za-z0-9._-]{8,64}$")
_TRACEPARENT = pattern(rb"^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$")


def stamped(scope: Scope) -> Scope:
    """The scope with a request id and a traceparent in its headers, and the id in its state."""
    request_id = _kept(scope, b"x-request-id", _REQUEST_ID) or new_id().encode()
    trace = _kept(scope, b"traceparent", _TRACEPARENT) or _new_trace()
    state = {**scope.get("state", {}), "request_id": request_id.decode()}
    headers = with_values(scope["headers"], {b"x-request-id": request_id, b"traceparent": trace})
    return {**scope, "headers": headers, "state": state}


def _kept(scope: Scope, name: bytes, form: Pattern[bytes]) -> bytes | None:
    value = find(scope["headers"], name)
    return value if value is not None and form.match(value) else None


def _new_trace() -> bytes:
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01".encode()
