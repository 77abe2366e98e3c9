"""A Pratt parser of formulas: + - * / ^, parentheses, whitelisted functions and known names, straight into a graph.

V. R. Pratt, Top down operator precedence, POPL 1973. Size and depth are bounded, so that a formula can neither crash
nor stall whoever reads it.
"""

import math
from collections.abc import Mapping
from difflib import get_close_matches

from harmonic_physics.engine.formulas.graph import UNARY, Expression, Graph, TooBig, function
from harmonic_physics.engine.formulas.tokens import FormulaError, Token, tokens

MAX_DEPTH = 60
"""Parentheses, powers and signs inside each other."""

_LEFT = {"+": 10, "-": 10, "*": 20, "/": 20, "^": 40, "**": 40}
_PREFIX = 30
_OPERATIONS = {"+": "add", "-": "sub", "*": "mul", "/": "div", "^": "pow", "**": "pow"}
CONSTANTS = {"pi": math.pi, "tau": math.tau, "e": math.e}
FUNCTIONS: dict[str, tuple[int, int]] = {
    **{name: (1, 1) for name in UNARY if name != "neg"},
    "atan2": (2, 2),
    "pow": (2, 2),
    "min": (2, 8),
    "max": (2, 8),
    "step": (1, 1),
    "clip": (3, 3),
}
"""Every function with the least and the largest number of its arguments."""


def parse(text: str, graph: Graph, names: Mapping[str, Expression]) -> Expression:
    """The formula as an expression of the graph, where `names` are known. Raises FormulaError."""
    parser = _Parser(text, graph, names)
    try:
        expression = parser.expression(0, 0)
    except OverflowError:
        raise FormulaError(parser.here.position, "a number becomes infinite", "use smaller numbers") from None
    except TooBig as error:
        raise FormulaError(parser.here.position, str(error)) from None
    if parser.here.kind != "end":
        parser.refuse_rest()
    return expression


class _Parser:
    def __init__(self, text: str, graph: Graph, names: Mapping[str, Expression]) -> None:
        self.tokens, self.at = tokens(text), 0
        self.graph, self.names = graph, names

    @property
    def here(self) -> Token:
        return self.tokens[self.at]

    def take(self) -> Token:
        token = self.here
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return token

    def expect(self, text: str, after: Token) -> None:
        if self.here.text != text:
            found = f"found {self.here.text!r}" if self.here.text else "the formula ends"
            reason = f"{text!r} is missing after {after.text!r} of character {after.position + 1}: {found}"
            raise FormulaError(self.here.position, reason)
        self.take()

    def expression(self, least: int, depth: int) -> Expression:
        """An operand and every operator that binds more tightly than `least`."""
        if depth > MAX_DEPTH:
            raise FormulaError(self.here.position, f"more than {MAX_DEPTH} levels inside each other", "split it")
        left = self.operand(depth)
        while (power := _LEFT.get(self.here.text, 0)) > least:
            sign = self.take()
            right = self.expression(power - 1 if power == 40 else power, depth + 1)  # ^ binds to the right
            left = self.graph.apply(_OPERATIONS[sign.text], left, right)
        return left

    def operand(self, depth: int) -> Expression:
        token = self.take()
        if token.kind == "number":
            return self.graph.number(float(token.text))
        if token.kind == "name":
            return self.call(token, depth) if self.here.text == "(" else self.named(token)
        if token.text in ("-", "+"):
            inside = self.expression(_PREFIX, depth + 1)
            return -inside if token.text == "-" else inside
        if token.text == "(":
            inside = self.expression(0, depth + 1)
            self.expect(")", token)
            return inside
        what = f"{token.text!r} stands where a value is expected" if token.text else "the formula ends too early"
        raise FormulaError(token.position, what, "give a number, a name or a function")

    def named(self, token: Token) -> Expression:
        if token.text in self.names:
            return self.names[token.text]
        if token.text in CONSTANTS:
            return self.graph.number(CONSTANTS[token.text])
        if token.text in FUNCTIONS:
            raise FormulaError(token.position, f"{token.text} is a function", f"write {token.text}(...)")
        raise FormulaError(token.position, f"{token.text!r} is unknown", self.suggest(token.text))

    def suggest(self, name: str) -> str:
        known = sorted({*self.names, *CONSTANTS, *FUNCTIONS})
        close = get_close_matches(name, known, 1)
        return f"did you mean {close[0]}?" if close else f"known are {', '.join(sorted({*self.names, *CONSTANTS}))}"

    def call(self, name: Token, depth: int) -> Expression:
        if name.text not in FUNCTIONS:
            if name.text in self.names:
                raise FormulaError(name.position, f"{name.text} is no function", f"write {name.text}*(...)")
            close = get_close_matches(name.text, FUNCTIONS, 1)
            hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(sorted(FUNCTIONS))}"
            raise FormulaError(name.position, f"there is no function {name.text!r}", hint)
        opening = self.take()
        arguments = [self.expression(0, depth + 1)]
        while self.here.text == ",":
            self.take()
            arguments.append(self.expression(0, depth + 1))
        self.expect(")", opening)
        least, most = FUNCTIONS[name.text]
        if not least <= len(arguments) <= most:
            wanted = str(least) if least == most else f"{least} to {most}"
            raise FormulaError(name.position, f"{name.text} takes {wanted} arguments, not {len(arguments)}")
        return _applied(name.text, arguments)

    def refuse_rest(self) -> None:
        token, before = self.here, self.tokens[self.at - 1]
        hint = "multiply by *" if token.kind in ("number", "name") or token.text == "(" else ""
        if token.text == ")":
            hint = "it closes nothing: remove it, or open one before"
        raise FormulaError(token.position, f"{token.text!r} cannot follow {before.text!r}", hint)


def _applied(name: str, arguments: list[Expression]) -> Expression:
    if name == "step":  # 0, 1/2 or 1
        return 0.5 * (1.0 + function("sign", arguments[0]))
    if name == "clip":
        return function("min", function("max", arguments[0], arguments[1]), arguments[2])
    result = arguments[0] if len(arguments) > 1 else function(name, arguments[0])
    for other in arguments[1:]:
        result = function(name, result, other)
    return result
