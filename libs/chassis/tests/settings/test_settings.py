"""A service starts with settings that it can name, or says everything that is missing."""

from pathlib import Path
from typing import ClassVar

import pytest
from pydantic import Field, SecretStr

from harmonic_chassis.settings import ServiceSettings, SettingsError, document, documents, load


class Sample(ServiceSettings):
    """Settings of a service with one of its own."""

    service: ClassVar[str] = "sample"
    voices: int = Field(ge=1, le=64, description="Voices at a time", examples=[8])


REQUIRED = {
    "HARMONIC_SAMPLE_DATABASE_URL": "postgresql+asyncpg://u:pa55word@db/x",
    "HARMONIC_SERVICE_SECRET": "s" * 32,
    "HARMONIC_CURSOR_SECRET": "c" * 32,
    "HARMONIC_VOICES": "4",
}


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No settings but a test's own."""
    monkeypatch.chdir(tmp_path)
    import os

    for name in list(os.environ):
        if name.startswith("HARMONIC_"):
            monkeypatch.delenv(name)


def given(monkeypatch: pytest.MonkeyPatch, **more: str) -> None:
    for name, value in {**REQUIRED, **more}.items():
        monkeypatch.setenv(name, value)


def test_names_everything_that_is_missing_or_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """One refusal lists every missing and wrong setting, how to set it, and no value."""
    monkeypatch.setenv("HARMONIC_CURSOR_SECRET", "tooshort")
    monkeypatch.setenv("HARMONIC_PORT", "99999")
    with pytest.raises(SettingsError) as refused:
        load(Sample)
    text = str(refused.value)
    for name in ("DATABASE_URL", "SERVICE_SECRET", "VOICES", "CURSOR_SECRET", "PORT"):
        assert f"HARMONIC_SAMPLE_{name} or HARMONIC_{name}" in text
    assert "tooshort" not in text and "99999" not in text
    assert text.count("is missing") == 3


def test_the_services_own_name_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """HARMONIC_SAMPLE_X wins over HARMONIC_X, the environment over `.env`."""
    (tmp_path / ".env").write_text(
        "HARMONIC_LOG_LEVEL=error\nHARMONIC_SAMPLE_WORKER_SLOTS=3\nHARMONIC_WORKER_SLOTS=5\n"
    )
    given(monkeypatch, HARMONIC_LOG_LEVEL="debug", HARMONIC_SAMPLE_PORT="1", HARMONIC_PORT="2")
    chosen = load(Sample)
    assert (chosen.log_level, chosen.port, chosen.worker_slots, chosen.voices) == ("debug", 1, 3, 4)


@pytest.mark.parametrize(
    "text", ["audio=http://a:1/, physics=http://p", '{"audio": "http://a:1/", "physics": "http://p"}']
)
def test_peers_are_read_from_pairs_or_json(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Both ways to write the peers give the same URLs, without the last slash."""
    given(monkeypatch, HARMONIC_PEERS=text)
    assert load(Sample).peers == {"audio": "http://a:1", "physics": "http://p"}


def test_secrets_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    """Printing the settings shows no password."""
    given(monkeypatch)
    chosen = load(Sample)
    shown = f"{chosen!r} {chosen} {chosen.model_dump()} {chosen.model_dump_json()}"
    assert "pa55word" not in shown and "ssss" not in shown
    assert chosen.database_url.get_secret_value().endswith("/x")
    assert isinstance(chosen.service_secret, SecretStr)


def test_every_setting_is_documented() -> None:
    """Each setting has a description, for the refused start and the example file."""
    for doc in documents(Sample):
        assert doc.description != doc.name and doc.variables[0].startswith("HARMONIC_SAMPLE_"), doc
    assert document(Sample, "service_secret").secret and document(Sample, "database_url").required
