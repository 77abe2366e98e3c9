"""Promises of generated files: what is committed is what the code says."""

import importlib.util
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[2]


def tool(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "deploy" / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_env_example_is_what_the_settings_say() -> None:
    """.env.example names every setting of every service; run `make contracts` where it differs."""
    assert (ROOT / ".env.example").read_text() == tool("env_example").example()


def test_reference_pages_are_what_the_code_says() -> None:
    """The page of messages, problems and parameters is generated; run `make contracts` where it differs."""
    module = tool("contracts")
    assert module.REFERENCE.read_text() == module.reference()


def test_the_soundscape_page_is_what_the_schema_says() -> None:
    """docs/reference/soundscape.md holds every field of the document; run `make contracts` where it differs."""
    module = tool("soundscape_page")
    assert module.FILE.read_text() == module.page()


async def test_openapi_document_is_what_the_platform_serves() -> None:
    """docs/reference/openapi.json is the merged document of the running platform; run `make contracts` where not."""
    module = tool("openapi")
    assert module.FILE.read_text() == module.rendered(await module.document())


def test_compose_gives_every_required_setting() -> None:
    """Each service of compose.yaml gets every setting without which it refuses to start."""
    compose = (ROOT / "compose.yaml").read_text()
    module = tool("env_example")
    for service in module.SERVICES:
        for doc in module.documents(module.settings_of(service)):
            assert not doc.required or any(variable in compose for variable in doc.variables), doc.variables


def test_lock_files_hold_no_address() -> None:
    """Versions and hashes alone: where packages come from is the machine's own matter."""
    for name in ("requirements.lock", "requirements.dev.lock"):
        assert "://" not in (ROOT / name).read_text()
        assert "--hash=sha256:" in (ROOT / name).read_text()
