"""The routing table: which service answers a public path, whether a token is needed, and how large a body may be.

The longest declared prefix wins. What is not declared does not exist from outside: ``/internal`` is in no row, so it is
never exposed, whatever a service serves there.
"""

from dataclasses import dataclass
from re import compile as pattern

KIB = 1024
MIB = 1024 * KIB

SERVICES = ("organization", "physics", "audio", "ai", "export")
"""The services behind the gateway."""

OWN = "gateway"
"""The gateway's own application is an upstream like any other."""

MERGED_DOCUMENT = "/merged-openapi.json"
"""Where the gateway's own application has the document that is public at /openapi.json."""

_ARTIFACT = pattern(r"^/v1/artifacts/(?P<producer>[a-z]+)/(?P<sha256>[0-9a-f]{64})$")
_CATALOGUE = frozenset({"GET", "HEAD"})
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Row:
    """A public prefix: the service behind it, the methods that need no token, and the largest body in bytes."""

    prefix: str
    service: str
    open_methods: frozenset[str] = _NONE
    max_body: int = MIB
    auth: bool = False
    """Counted by the stricter limit for guessing secrets."""
    target: str | None = None
    """The path that the service sees, where it is not the public one."""

    def covers(self, path: str) -> bool:
        """Whether the path is the prefix or lies below it."""
        return path == self.prefix or path.startswith(self.prefix + "/")


@dataclass(frozen=True)
class Route:
    """Where one request goes: the row that it matched and the path that the service sees."""

    row: Row
    path: str

    def is_open(self, method: str) -> bool:
        """Whether this method may be called without a token."""
        return method in self.row.open_methods


ROWS = (
    Row("/v1/auth", "organization", auth=True),
    Row("/v1/auth/register", "organization", METHODS, auth=True),
    Row("/v1/auth/login", "organization", METHODS, auth=True),
    Row("/v1/auth/refresh", "organization", METHODS, auth=True),
    Row("/v1/auth/logout", "organization", METHODS, auth=True),
    Row("/v1/me", "organization"),
    Row("/v1/api-keys", "organization"),
    Row("/v1/organizations", "organization"),
    Row("/v1/projects", "organization"),
    Row("/.well-known/jwks.json", "organization", _CATALOGUE),
    Row("/v1/universes", "physics", max_body=8 * MIB),
    Row("/v1/simulations", "physics"),
    Row("/v1/live", "physics"),
    Row("/v1/sweeps", "physics"),
    Row("/v1/systems", "physics", _CATALOGUE),
    Row("/v1/presets", "physics", _CATALOGUE),
    Row("/v1/environment", "physics", _CATALOGUE),
    Row("/v1/soundscapes", "audio"),
    Row("/v1/renderings", "audio"),
    Row("/v1/analyses", "audio", max_body=64 * MIB),
    Row("/v1/conversions", "audio", max_body=64 * MIB),
    Row("/v1/instruments", "audio", _CATALOGUE),
    Row("/v1/scales", "audio", _CATALOGUE),
    Row("/v1/styles", "audio", _CATALOGUE),
    Row("/v1/scores", "audio", max_body=4 * MIB),
    Row("/v1/descriptors", "ai"),
    Row("/v1/suggestions", "ai"),
    Row("/v1/exports", "export"),
    Row("/v1/imports", "export", max_body=64 * MIB),
    Row("/v1/visualizations", "export"),
    Row("/v1/operations", OWN),
    Row("/v1/performances", OWN),
    Row("/v1/events", OWN),
    Row("/v1/admin", OWN),
    Row("/openapi.json", OWN, _CATALOGUE, target=MERGED_DOCUMENT),
    Row("/docs", OWN, _CATALOGUE),
    Row("/static", OWN, _CATALOGUE),
    Row("/livez", OWN, _CATALOGUE),
    Row("/readyz", OWN, _CATALOGUE),
)


def with_metrics(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """The rows, and the gateway's own metrics on the public port."""
    return (*rows, Row("/metrics", OWN, _CATALOGUE))


class RouteTable:
    """Finds the row of a path. Rows are tried longest prefix first."""

    def __init__(self, rows: tuple[Row, ...] = ROWS) -> None:
        self._rows = sorted(rows, key=lambda row: -len(row.prefix))

    def find(self, path: str) -> Route | None:
        """The route of a public path, or None where there is nothing."""
        if path == "/":
            return Route(_PAGE, path)
        if match := _ARTIFACT.match(path):
            return _artifact_route(match["producer"], match["sha256"])
        if ".." in path or "//" in path:
            return None
        return next((Route(row, row.target or path) for row in self._rows if row.covers(path)), None)


_PAGE = Row("/", OWN, _CATALOGUE)


def _artifact_route(producer: str, sha256: str) -> Route | None:
    if producer not in SERVICES:
        return None
    return Route(Row("/v1/artifacts", producer), f"/v1/artifacts/{sha256}")
