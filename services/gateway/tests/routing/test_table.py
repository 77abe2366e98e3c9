"""Which service answers a path."""

import pytest

from harmonic_gateway.routing.table import MERGED_DOCUMENT, ROWS, SERVICES, RouteTable

table = RouteTable()


@pytest.mark.parametrize("path", ["/internal/events", "/internal/probe", "/metrics", "/v1/ws", "/v2/universes", "/v1"])
def test_what_is_not_declared_does_not_exist(path: str) -> None:
    """Internal routes and unknown ones have no way in from outside."""
    assert table.find(path) is None


@pytest.mark.parametrize("path", ["/v1/universes/../../internal/events", "/v1//universes", "/v1/universesque"])
def test_a_path_cannot_be_bent_to_another_service(path: str) -> None:
    """Dot segments, empty segments and mere beginnings of a prefix match nothing."""
    assert table.find(path) is None


@pytest.mark.parametrize(
    ("path", "service"), [("/v1/universes/1/revisions", "physics"), ("/v1/auth/login", "organization")]
)
def test_the_longest_prefix_wins(path: str, service: str) -> None:
    """A path below a prefix goes to its service."""
    route = table.find(path)
    assert route is not None
    assert (route.row.service, route.path) == (service, path)


@pytest.mark.parametrize("producer", SERVICES)
def test_an_artifact_is_asked_of_its_producer(producer: str) -> None:
    """The producer's name leaves the path; what is no hash, or no service, matches nothing."""
    route = table.find(f"/v1/artifacts/{producer}/{'a' * 64}")
    assert route is not None
    assert (route.row.service, route.path) == (producer, f"/v1/artifacts/{'a' * 64}")
    assert table.find(f"/v1/artifacts/{producer}/nothex") is None
    assert table.find(f"/v1/artifacts/gateway/{'a' * 64}") is None


def test_only_named_routes_are_open() -> None:
    """Without a token: signing in, the keys, the catalogues, the pages. Nothing else, and catalogues only to read."""
    open_rows = {row.prefix for row in ROWS if row.open_methods}
    assert open_rows == {
        "/v1/auth/register", "/v1/auth/login", "/v1/auth/refresh", "/v1/auth/logout", "/.well-known/jwks.json",
        "/v1/systems", "/v1/presets", "/v1/environment", "/v1/instruments", "/v1/scales",
        "/v1/styles", "/openapi.json", "/docs",
        "/static", "/livez", "/readyz",
    }  # fmt: skip
    route = table.find("/v1/presets")
    assert route is not None
    assert route.is_open("GET")
    assert not route.is_open("POST")


def test_the_public_document_is_the_merged_one() -> None:
    """FastAPI's own /openapi.json of the gateway stays inside."""
    route = table.find("/openapi.json")
    assert route is not None
    assert route.path == MERGED_DOCUMENT
