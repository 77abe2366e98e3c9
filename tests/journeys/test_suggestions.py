"""Suggestions, from the question to the changed universe and back."""

from typing import Any

import pytest

from harmonic_client.models import Suggestion
from harmonic_standalone.testing import EmbeddedPlatform, Player, signed_up


async def _asked(player: Player, universe_id: str, goal: str) -> Suggestion:
    asked = await player.harmonic.suggestions.create(universe_id, goal)
    listener = [operation async for operation in player.harmonic.operations.watch(asked.operation_id)]
    found = await player.harmonic.suggestions.get(asked.suggestion_id)
    assert (listener[-1].state == "succeeded") == (found.state == "found")
    return found


async def _document(player: Player, found: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Revision and content of the document that a suggestion changes."""
    kind = {"universe": "universes", "soundscape": "soundscapes"}[found["document"]]
    view = (await player.ask("GET", f"/v1/{kind}/{found['document_id']}")).json()
    revision = view["revision"]
    stored = (await player.ask("GET", f"/v1/{kind}/{found['document_id']}/revisions/{revision}")).json()
    return revision, stored["document"]


@pytest.mark.parametrize("goal", ["calmer", "more_energetic", "more_consonant"])
@pytest.mark.parametrize("preset", ["trappist-1", "bouncing-balls"])
async def test_a_suggestion_is_proved_applied_and_taken_back(
    preset: str, goal: str, embedded: EmbeddedPlatform
) -> None:
    """A goal is reached by a change that was measured before and after; applied, it is a new revision with exactly
    these changes; taken back, the document equals the one before."""
    async with signed_up(embedded.url) as player:
        universe = await player.universe({"preset": preset}, {"length_s": 20.0})
        suggestion = await _asked(player, universe.universe_id, goal)
        fields = suggestion.model_extra or {}
        found = fields["found"]
        assert found is not None, fields["problem"]
        print(preset, goal, found["reason"], [(c["path"], c["before"], c["after"]) for c in found["changes"]])
        assert found["before"] != found["after"]
        assert found["gain"] > 0 and found["reason"] and found["changes"]
        revision, before = await _document(player, found)
        await player.harmonic.suggestions.apply(suggestion.suggestion_id)
        next_revision, changed = await _document(player, found)
        assert next_revision == revision + 1
        for change in found["changes"]:
            assert _at(changed, change["path"]) == change["after"]
        await player.harmonic.suggestions.undo(suggestion.suggestion_id)
        last_revision, after = await _document(player, found)
        assert last_revision == revision + 2
        assert after == before


def _at(document: Any, path: list[str]) -> Any:
    for name in path:
        document = document[int(name)] if isinstance(document, list) else document.get(name)
    return document
