"""Writes docs/reference/openapi.json: the merged OpenAPI document, as the embedded platform serves it."""

import asyncio
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docs" / "reference" / "openapi.json"


async def document() -> dict[str, Any]:
    """What GET /openapi.json answers."""
    import httpx2

    from harmonic_standalone.folder import DataFolder
    from harmonic_standalone.house import running

    with tempfile.TemporaryDirectory() as folder:
        async with running(DataFolder(Path(folder))) as house:
            transport = httpx2.ASGITransport(house.front)
            async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
                answer = await client.get("/openapi.json")
                answer.raise_for_status()
                return dict(answer.json())


def rendered(found: dict[str, Any]) -> str:
    return json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def main() -> int:
    FILE.write_text(rendered(asyncio.run(document())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
