"""Places in streams, as text."""

import pytest

from harmonic_gateway.streams.position import BadPosition, Position, parse_number

A, B = "01900000-0000-7000-8000-00000000000a", "01900000-0000-7000-8000-00000000000b"


def test_a_position_survives_its_text() -> None:
    """What is written is what is read, for any number of organizations."""
    position = Position({}).moved(B, 7).moved(A, 3).moved(B, 8)
    assert str(position) == f"{A}:3,{B}:8"
    assert Position.parse(str(position)) == position
    assert (position.of(B), position.of("unknown"), position.within([A]).seen) == (8, 0, {A: 3})


@pytest.mark.parametrize("text", ["7", f"{A}", f"{A}:-1", f"{A}:x", f"{A}:1;{B}:2", "%", f"{A}:" + "9" * 30])
def test_other_text_is_refused(text: str) -> None:
    """Only what this gateway wrote is a position."""
    with pytest.raises(BadPosition):
        Position.parse(text)


@pytest.mark.parametrize("text", ["", "-1", "1.0", "x", "9" * 30])
def test_other_numbers_are_refused(text: str) -> None:
    """Only a number of a reasonable length is a place in one operation's stream."""
    with pytest.raises(BadPosition):
        parse_number(text)
