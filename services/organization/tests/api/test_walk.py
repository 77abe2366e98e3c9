"""Every route is walked: without token, with nonsense, with an unreadable id."""

from collections.abc import Iterator

from harmonic_organization.testing import Office

OPEN = {"/v1/auth/register", "/v1/auth/login", "/v1/auth/refresh", "/v1/auth/logout", "/.well-known/jwks.json"}
NOWHERE = "00000000-0000-7000-8000-000000000000"


def _routes(office: Office) -> Iterator[tuple[str, str]]:
    for path, methods in office.chassis.app.openapi()["paths"].items():
        for method in methods:
            if path.startswith(office.chassis.service.prefixes):
                yield method.upper(), path


def _filled(path: str, value: str) -> str:
    for name in ("organization_id", "user_id", "project_id", "key_id"):
        path = path.replace("{" + name + "}", value)
    return path


async def test_no_route_opens_without_a_token(office: Office) -> None:
    """Each answers 401 with a problem document and the challenge, but those that give tokens and keys."""
    walked = 0
    for method, path in _routes(office):
        for headers in ({}, {"Authorization": "Bearer x.y.z"}, {"Authorization": "Basic eDp5"}):
            answer = await office.client.request(method, _filled(path, NOWHERE), headers=headers)
            walked += 1
            if path in OPEN:
                assert answer.status_code in {200, 422}
                continue
            assert answer.status_code == 401, (method, path)
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.headers["www-authenticate"].startswith("Bearer")
    assert walked > 60


async def test_malformed_ids_and_bodies_are_problems(office: Office) -> None:
    """Each route answers a bad id and a bad body with 4xx and a problem document, never 5xx."""
    ada = await office.sign_up()
    for method, path in _routes(office):
        for value in ("nonsense", NOWHERE, "%00", "..%2f..%2fetc"):
            for content in (b"", b"{", b'{"name": 1e999}', b"[]", b'"\xff"'):
                if method == "GET" and content:
                    continue
                headers = {**ada.headers, "content-type": "application/json"}
                answer = await office.client.request(method, _filled(path, value), content=content, headers=headers)
                assert answer.status_code < 500, (method, path, content, answer.text)
                if answer.status_code >= 400:
                    assert answer.headers["content-type"] == "application/problem+json", (method, path)
                    assert "Traceback" not in answer.text


async def test_every_operation_has_a_name_of_its_own(office: Office) -> None:
    """The document for generated clients names each operation once, and no internal route."""
    document = office.chassis.app.openapi()
    names = [entry["operationId"] for methods in document["paths"].values() for entry in methods.values()]
    assert len(names) == len(set(names))
    assert not [path for path in document["paths"] if path.startswith("/internal/service-tokens")]
