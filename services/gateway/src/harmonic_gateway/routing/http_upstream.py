"""A service behind HTTP, as an ASGI application that streams both ways.

Failures of the way are told apart: not reachable or broken off is 502, silent for too long is 504. Once the answer has
begun there is nothing left to say: the connection to the client is broken off, so that nobody takes half for whole.
"""

from starlette.types import Receive, Scope, Send

from harmonic_contracts import problems
from harmonic_gateway.routing.exchange import Exchange
from harmonic_gateway.routing.headers import end_to_end
from harmonic_gateway.routing.problems import Refused, answer
from harmonic_gateway.routing.wires import Wires


class HttpUpstream:
    """One service. Connections are made when they are needed, and closed by `close`."""

    def __init__(self, name: str, base_url: str, *, connect_s: float = 5.0, silence_s: float = 60.0) -> None:
        self._name = name
        self._wires = Wires(base_url, connect_s=connect_s, silence_s=silence_s)

    async def close(self) -> None:
        """Close the connections to the service."""
        self._wires.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = Exchange(self._wires, receive)
        whole = False
        try:
            try:
                status, headers = await exchange.answer_to(scope)
            except TimeoutError:
                await answer(self._silent(), scope, receive, send)
                return
            except OSError:
                await answer(self._unreachable(), scope, receive, send)
                return
            await send({"type": "http.response.start", "status": status, "headers": end_to_end(headers)})
            whole = await exchange.relay(send)
        finally:
            exchange.over(whole=whole)

    def _silent(self) -> Refused:
        return Refused(problems.TIMEOUT, f"The {self._name} service did not answer in time. Try again.")

    def _unreachable(self) -> Refused:
        return Refused(problems.UPSTREAM, f"The {self._name} service could not be reached. Try again.")
