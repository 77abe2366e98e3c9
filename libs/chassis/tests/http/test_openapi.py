"""Each service publishes what it answers, for the gateway to merge."""

import pytest

from harmonic_chassis.testing.house import House

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_the_document_tells_routes_bounds_security_and_errors(house: House) -> None:
    """OpenAPI 3.1 with bearer security, the bounds of fields and problem documents; no internal route shows."""
    document = (await house.client.get("/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    assert set(document["paths"]) == {"/v1/notes", "/v1/notes/{note_id}", "/v1/artifacts/{sha256}", "/v1/notes/break"}
    post = document["paths"]["/v1/notes"]["post"]
    assert post["operationId"] == "create_note"
    assert post["security"] == [{"HTTPBearer": []}]
    assert "4XX" in post["responses"]
    weight = document["components"]["schemas"]["NoteInput"]["properties"]["weight"]
    assert (weight["exclusiveMinimum"], weight["maximum"]) == (0, 100)
    assert {"status", "title", "errors"} <= set(document["components"]["schemas"]["Problem"]["properties"])
