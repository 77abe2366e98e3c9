"""Lists of the API, page after page."""

from collections.abc import AsyncIterator, Mapping
from typing import TypeVar

from pydantic import BaseModel

from harmonic_client.session import Session

Item = TypeVar("Item", bound=BaseModel)


async def pages(
    session: Session, path: str, model: type[Item], params: Mapping[str, str] | None = None
) -> AsyncIterator[Item]:
    """Every item of a list, fetching pages as they are needed."""
    query = {"limit": "100", **(params or {})}
    while True:
        page = (await session.send("GET", path, params=query)).json()
        items = page if isinstance(page, list) else page["items"]
        for item in items:
            yield model.model_validate(item)
        following = None if isinstance(page, list) else page.get("next")
        if not following:
            return
        query["cursor"] = following
