"""No secret reaches the log."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from harmonic_chassis import context, telemetry
from harmonic_chassis.telemetry import redact
from harmonic_chassis.testing.authority import Authority

TOKEN = Authority().service_token("ai", "audio")


@pytest.fixture
def log(capsys: pytest.CaptureFixture[str]) -> Iterator[None]:
    """Logging as a service has it, put back afterwards."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    telemetry.configure("info", "json", service="physics")
    yield
    root.handlers[:], root.level = before, level
    structlog.reset_defaults()


@pytest.mark.parametrize(
    "text",
    [
        f"calling with Bearer {TOKEN}",
        f"token={TOKEN};",
        "amqp://harmonic:{s}@broker/",
        "postgresql+asyncpg://user:{s}@db:5432/x failed",
        "key hu_live_{s}0123456789",
    ],
)
def test_secrets_in_texts_are_hidden(text: str) -> None:
    """Tokens, passwords of URLs and API keys are cut out wherever they stand."""
    text = text.replace("{s}", "s3cr3tvalue")
    cleaned = redact(text)
    assert "s3cr3t" not in cleaned and TOKEN not in cleaned and telemetry.REDACTED in cleaned


def test_secrets_by_name_are_hidden_at_any_depth() -> None:
    """What is called a password, secret or token is hidden, also in nested values."""
    cleaned = redact({"user": "u", "body": [{"password": "p", "refresh_token": "t", "Authorization": "b"}]})
    assert cleaned["user"] == "u"
    assert set(cleaned["body"][0].values()) == {telemetry.REDACTED}


def test_every_line_is_json_with_its_trace(log: None, capsys: pytest.CaptureFixture[str]) -> None:
    """Lines of ours, of libraries and of structlog are one JSON object each, with service, request and trace."""
    made = context.fresh(request_id="r-1")
    with context.use(made):
        logging.getLogger("some.library").warning("said %s", "hello", extra={"password": "p", "size": 3})
        structlog.get_logger("ours").info("done", token="t", took=1)
        try:
            raise ValueError(f"Bearer {TOKEN}")
        except ValueError:
            logging.getLogger("harmonic").exception("failed")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["event"] for line in lines] == ["said hello", "done", "failed"]
    for line in lines:
        assert line["request_id"] == "r-1" and line["trace_id"] == made.trace_id and line["service"] == "physics"
        assert line["level"] and line["timestamp"]
    assert lines[0]["password"] == lines[1]["token"] == telemetry.REDACTED
    assert lines[0]["size"] == 3
    assert "ValueError" in lines[2]["exception"] and TOKEN not in lines[2]["exception"]
