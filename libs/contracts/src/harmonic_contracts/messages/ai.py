"""Events of the ai service: descriptors and suggestions."""

from typing import Literal

from harmonic_contracts.base import Identifier, MessageData
from harmonic_contracts.registry import event


@event("ai.descriptors.computed.v1", subject="rendering/{rendering_id}")
class DescriptorsComputed(MessageData):
    """A rendering has its perceptual measurements."""

    descriptors_id: Identifier
    rendering_id: Identifier
    universe_id: Identifier
    organization_id: Identifier


class SuggestionFacts(MessageData):
    suggestion_id: Identifier
    universe_id: Identifier
    organization_id: Identifier
    goal: Literal["calmer", "more_energetic", "more_consonant"]


@event("ai.suggestion.completed.v1", subject="suggestion/{suggestion_id}")
class SuggestionCompleted(SuggestionFacts):
    """A suggestion was found and measured."""


@event("ai.suggestion.failed.v1", subject="suggestion/{suggestion_id}")
class SuggestionFailed(SuggestionFacts):
    """No suggestion was found."""

    reason: str
    cancelled: bool = False


@event("ai.suggestion.applied.v1", subject="suggestion/{suggestion_id}")
class SuggestionApplied(SuggestionFacts):
    """A suggestion was made a new revision of the document it changes."""

    document: Literal["universe", "soundscape"]
    revision: int


@event("ai.suggestion.undone.v1", subject="suggestion/{suggestion_id}")
class SuggestionUndone(SuggestionFacts):
    """An applied suggestion was taken back by another revision."""

    document: Literal["universe", "soundscape"]
    revision: int
