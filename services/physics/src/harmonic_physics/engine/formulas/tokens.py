"""From the text of a formula to its tokens, each with its place; errors say where, what, and what to write instead."""

import re
from dataclasses import dataclass

MAX_LENGTH = 4000
"""Characters of one formula."""

_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<sign>\*\*|[-+*/^(),]))",
    re.ASCII,
)
_HINTS = {
    "=": "give the right-hand side alone",
    "{": "use ( and )",
    "}": "use ( and )",
    "[": "use ( and )",
    "]": "use ( and )",
    "!": "there are no factorials",
    "%": "there is no remainder: use sin or cos for what repeats",
    "<": "there are no comparisons: use step(x), min or max",
    ">": "there are no comparisons: use step(x), min or max",
    ";": "separate arguments by ,",
    "·": "multiply by *",
    "×": "multiply by *",
    "÷": "divide by /",
    "−": "write the minus sign as -",  # the typographic minus is what people paste
    "²": "write ^2",
    "³": "write ^3",
}


class FormulaError(ValueError):
    """A formula is refused: where (character, from 1), why, and what to write instead."""

    def __init__(self, position: int, reason: str, hint: str = "") -> None:
        where = f"at character {position + 1}: {reason}"
        super().__init__(f"{where}; {hint}" if hint else where)
        self.position, self.reason, self.hint = position, reason, hint


@dataclass(frozen=True)
class Token:
    """A number, a name, a sign, or the end."""

    kind: str
    text: str
    position: int


def tokens(text: str) -> list[Token]:
    """Every token, and the end. Raises FormulaError."""
    if len(text) > MAX_LENGTH:
        raise FormulaError(MAX_LENGTH, f"the formula is longer than {MAX_LENGTH} characters", "split it")
    found: list[Token] = []
    position = 0
    while match := _TOKEN.match(text, position):
        kind = str(match.lastgroup)
        found.append(Token(kind, match.group(kind), match.start(kind)))
        position = match.end()
    rest = text[position:].lstrip()
    if rest:
        place = len(text) - len(rest)
        raise FormulaError(place, f"{rest[0]!r} means nothing here", _HINTS.get(rest[0], "see the list of functions"))
    return [*found, Token("end", "", len(text))]
