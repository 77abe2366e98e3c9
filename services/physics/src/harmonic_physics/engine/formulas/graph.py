"""The graph of expressions: every node is one whitelisted operation, equal nodes are one node, plain numbers fold.

Physics is written with it as on the blackboard: `g * sin(theta) / length`. Nodes are in order of their making, so an
argument always comes before what uses it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

UNARY = (
    "neg", "sin", "cos", "tan", "exp", "log", "sqrt", "sinh", "cosh", "tanh", "asin", "acos", "atan", "abs", "sign",
)  # fmt: skip
BINARY = ("add", "sub", "mul", "div", "pow", "atan2", "min", "max")
MAX_NODES = 60_000

Number = int | float


class TooBig(ValueError):
    """The graph would have more nodes than are allowed."""


@dataclass(frozen=True)
class Node:
    """One operation on earlier nodes; leaves are numbers, parameters (both `name` or `value`) and states (`a`)."""

    op: str
    a: int = -1
    b: int = -1
    value: float = 0.0
    name: str = ""


class Graph:
    """The nodes, and how to make them."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.states: list[str] = []
        self._known: dict[Node, int] = {}

    def state(self, name: str) -> Expression:
        """The next variable of the state: the order of the calls is the order of the variables."""
        self.states.append(name)
        return self._make(Node("state", a=len(self.states) - 1, name=name))

    def parameter(self, name: str) -> Expression:
        """A number that may change between steps, by its name."""
        return self._make(Node("parameter", name=name))

    def number(self, value: Number) -> Expression:
        """A plain number. Raises OverflowError when it is not finite."""
        if not isfinite(value):
            raise OverflowError("a number of the formula is not finite")
        return self._make(Node("number", value=float(value) + 0.0))

    def apply(self, op: str, a: Expression, b: Expression | None = None) -> Expression:
        """The operation on one or two nodes, simplified where that is exact."""
        simple = _simpler(self, op, a, b)
        return self._make(Node(op, a.index, -1 if b is None else b.index)) if simple is None else simple

    def _make(self, node: Node) -> Expression:
        index = self._known.get(node)
        if index is None:
            if len(self.nodes) >= MAX_NODES:
                raise TooBig(f"the equations have more than {MAX_NODES} operations: make the system smaller")
            index = len(self.nodes)
            self.nodes.append(node)
            self._known[node] = index
        return Expression(self, index)


@dataclass(frozen=True, eq=False)
class Expression:
    """A node of a graph, with the usual operators."""

    graph: Graph
    index: int

    @property
    def node(self) -> Node:
        """The operation itself."""
        return self.graph.nodes[self.index]

    @property
    def value(self) -> float | None:
        """The plain number that it is, if it is one."""
        return self.node.value if self.node.op == "number" else None

    def _with(self, other: Expression | Number) -> Expression:
        return other if isinstance(other, Expression) else self.graph.number(other)

    def __add__(self, other: Expression | Number) -> Expression:
        return self.graph.apply("add", self, self._with(other))

    def __radd__(self, other: Number) -> Expression:
        return self._with(other) + self

    def __sub__(self, other: Expression | Number) -> Expression:
        return self.graph.apply("sub", self, self._with(other))

    def __rsub__(self, other: Number) -> Expression:
        return self._with(other) - self

    def __mul__(self, other: Expression | Number) -> Expression:
        return self.graph.apply("mul", self, self._with(other))

    def __rmul__(self, other: Number) -> Expression:
        return self._with(other) * self

    def __truediv__(self, other: Expression | Number) -> Expression:
        return self.graph.apply("div", self, self._with(other))

    def __rtruediv__(self, other: Number) -> Expression:
        return self._with(other) / self

    def __pow__(self, other: Expression | Number) -> Expression:
        return self.graph.apply("pow", self, self._with(other))

    def __neg__(self) -> Expression:
        return self.graph.apply("neg", self)


def function(name: str, *arguments: Expression) -> Expression:
    """sin, atan2, ... of expressions of one graph."""
    return arguments[0].graph.apply(name, *arguments)


def sine(x: Expression) -> Expression:
    """sin x."""
    return function("sin", x)


def cosine(x: Expression) -> Expression:
    """cos x."""
    return function("cos", x)


def root(x: Expression) -> Expression:
    """The square root of x."""
    return function("sqrt", x)


def total(terms: list[Expression], graph: Graph) -> Expression:
    """The sum, from left to right; 0 of nothing."""
    result = graph.number(0.0)
    for term in terms:
        result = result + term
    return result


def _simpler(graph: Graph, op: str, a: Expression, b: Expression | None) -> Expression | None:
    """What the node is without the operation: only rewritings that are exact in IEEE arithmetic (up to signed
    zeros)."""
    x, y = a.value, None if b is None else b.value
    if op == "neg" and x is not None:
        return graph.number(-x)
    if b is None:
        return None
    if x is not None and y is not None and (folded := _folded(op, x, y)) is not None:
        return graph.number(folded)
    if op == "add":
        return b if x == 0.0 else a if y == 0.0 else None
    if op == "sub":
        return a if y == 0.0 else graph.apply("neg", b) if x == 0.0 else None
    if op == "mul":
        return graph.number(0.0) if 0.0 in (x, y) else b if x == 1.0 else a if y == 1.0 else None
    if op in ("div", "pow"):
        return a if y == 1.0 else None
    return None


def _folded(op: str, x: float, y: float) -> float | None:
    """Arithmetic of two numbers, which every machine rounds alike; functions are left to the tape's own arithmetic."""
    if op == "div":
        return x / y if y != 0.0 else None
    operations = {"add": x + y, "sub": x - y, "mul": x * y, "min": min(x, y), "max": max(x, y)}
    return operations.get(op)
