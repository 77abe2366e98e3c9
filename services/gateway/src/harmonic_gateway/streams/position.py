"""A place in the streams of several organizations, as the text that an SSE `id:` carries.

`<organization>:<number>` joined by commas; for the stream of one operation the number alone says it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from re import compile as pattern

_PLACE = pattern(r"^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):(\d{1,18})$")
_NUMBER = pattern(r"^\d{1,18}$")


class BadPosition(ValueError):
    """The text is no place that this gateway gave out."""


@dataclass(frozen=True)
class Position:
    """The last number seen of each organization's stream."""

    seen: Mapping[str, int]

    @classmethod
    def parse(cls, text: str) -> "Position":
        """The position that `str` wrote. Raises BadPosition."""
        places = {}
        for part in filter(None, text.split(",")):
            match = _PLACE.match(part)
            if match is None:
                raise BadPosition("`after` and Last-Event-ID take the id of an event of this stream, unchanged.")
            places[match[1]] = int(match[2])
        return cls(places)

    def __str__(self) -> str:
        return ",".join(f"{organization}:{number}" for organization, number in sorted(self.seen.items()))

    def of(self, organization_id: str) -> int:
        """The last number seen of this organization; 0 for none."""
        return self.seen.get(organization_id, 0)

    def moved(self, organization_id: str, number: int) -> "Position":
        """The position after this event."""
        return Position({**self.seen, organization_id: number})

    def within(self, organizations: Iterable[str]) -> "Position":
        """The position, for these organizations alone."""
        return Position({each: self.seen[each] for each in organizations if each in self.seen})


def parse_number(text: str) -> int:
    """The number that the stream of one operation carries as its id. Raises BadPosition."""
    if not _NUMBER.match(text):
        raise BadPosition("`after` and Last-Event-ID take the number of an event of this operation.")
    return int(text)
