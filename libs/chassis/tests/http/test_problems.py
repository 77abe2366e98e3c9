"""Every error is a problem document that names the field, the reason and what is allowed."""

import pytest
from pydantic import BaseModel, Field

from harmonic_chassis.http import ProblemError, parse
from harmonic_chassis.testing.house import House

pytestmark = pytest.mark.asyncio(loop_scope="module")
JSON = {"content-type": "application/json"}


async def refusal(house: House, content: str | bytes, status: int = 422) -> dict:
    answer = await house.client.post("/v1/notes", content=content, headers={**house.auth(), **JSON})
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.json()


@pytest.mark.parametrize("weight", ["-1", "0", "101"])
async def test_names_field_reason_and_range(house: House, weight: str) -> None:
    """A number outside its range is refused with the whole range, whichever end was passed."""
    problem = await refusal(house, f'{{"text": "a", "weight": {weight}}}')
    (error,) = problem["errors"]
    assert (error["field"], error["allowed"]) == ("body.weight", "above 0, at most 100")
    assert problem["request_id"] and problem["instance"] == "/v1/notes" and problem["status"] == 422


@pytest.mark.parametrize("weight", ["NaN", "Infinity", "-Infinity", "1e999"])
async def test_refuses_what_is_not_finite(house: House, weight: str) -> None:
    """NaN and infinities are refused by field, though Python's JSON parser takes them."""
    problem = await refusal(house, f'{{"text": "a", "weight": {weight}}}')
    assert problem["errors"][0]["field"] == "body.weight"
    assert "finite" in problem["errors"][0]["reason"]


@pytest.mark.parametrize(
    "body",
    [
        '{"text": "a", "weight": 1' + "0" * 400 + "}",
        '{"text": "a\\u0000b"}',
        '{"text": "\\ud800"}',
        '{"text": ' + "[" * 100 + "]" * 100 + "}",
        '{"text": 7}',
        '{"text": "a", "more": 1}',
        "{}",
        "[]",
        "null",
    ],
)
async def test_refuses_what_cannot_be_stored(house: House, body: str) -> None:
    """Huge integers, NUL, half characters, deep nesting, wrong types, unknown and missing fields are 422, never 500."""
    assert (await refusal(house, body))["errors"][0]["field"].startswith("body")


@pytest.mark.parametrize("body", ['{"text":', b"\xff\xfe", "{'text': 1}", '{"n": ' + "9" * 5000 + "}", "[" * 100_000])
async def test_malformed_json_is_400(house: House, body: str | bytes) -> None:
    """What is no JSON is `malformed`."""
    assert (await refusal(house, body, 400))["type"].endswith("/malformed")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("PATCH", "/v1/notes", 405),
        ("GET", "/v1/notes/%00", 400),
        ("GET", "/v1/notes?limit=0", 422),
    ],
)
async def test_the_frameworks_errors_are_problems_too(house: House, method: str, path: str, status: int) -> None:
    """Unknown paths, methods and bad queries answer with a problem document."""
    answer = await house.client.request(method, path, headers=house.auth())
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status


async def test_a_fault_of_ours_shows_nothing(house: House) -> None:
    """An uncaught exception is a 500 without its message, and with the id to find it by."""
    answer = await house.client.post("/v1/notes/break")
    assert answer.status_code == 500
    assert "hunter2" not in answer.text and "Traceback" not in answer.text
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


class Disc(BaseModel):
    kind: str
    radius: float = Field(ge=0.5, lt=2)


class Box(BaseModel):
    parts: list[Disc] = Field(min_length=1, max_length=3)
    lid: Disc | None = None


@pytest.mark.parametrize(
    ("value", "field", "allowed"),
    [
        ({"parts": [{"kind": "d", "radius": 9}]}, "body.spec.parts.0.radius", "at least 0.5, below 2"),
        ({"parts": []}, "body.spec.parts", "1 to 3 items"),
        (
            {"parts": [{"kind": "d", "radius": 1}], "lid": {"kind": "d", "radius": 0}},
            "body.spec.lid.radius",
            "at least 0.5, below 2",
        ),
    ],
)
async def test_parse_finds_ranges_in_nested_models(value: object, field: str, allowed: str) -> None:
    """`parse` gives the path as the client wrote it and the range from the model."""
    with pytest.raises(ProblemError) as refused:
        parse(Box, value, at="body.spec")
    (error,) = refused.value.errors
    assert (error.field, error.allowed) == (field, allowed)
