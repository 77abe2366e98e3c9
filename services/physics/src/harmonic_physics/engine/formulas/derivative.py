"""Exact derivatives of a graph, as more nodes of it: the tangent flow of any system comes from here."""

from collections.abc import Callable, Sequence

from harmonic_physics.engine.formulas.graph import Expression, Graph, function

Rule = Callable[[Expression, Expression], Expression]
"""From the argument u and the node f(u) itself to f'(u)."""

_RULES: dict[str, Rule] = {
    "neg": lambda u, f: u.graph.number(-1.0),
    "sin": lambda u, f: function("cos", u),
    "cos": lambda u, f: -function("sin", u),
    "tan": lambda u, f: 1.0 + f * f,
    "exp": lambda u, f: f,
    "log": lambda u, f: 1.0 / u,
    "sqrt": lambda u, f: 0.5 / f,
    "sinh": lambda u, f: function("cosh", u),
    "cosh": lambda u, f: function("sinh", u),
    "tanh": lambda u, f: 1.0 - f * f,
    "asin": lambda u, f: 1.0 / function("sqrt", 1.0 - u * u),
    "acos": lambda u, f: -1.0 / function("sqrt", 1.0 - u * u),
    "atan": lambda u, f: 1.0 / (1.0 + u * u),
    "abs": lambda u, f: function("sign", u),
    "sign": lambda u, f: u.graph.number(0.0),
}


def gradient(of: Expression, states: Sequence[Expression]) -> list[Expression]:
    """The partial derivatives of an expression by each of the states."""
    return [Derivative(of.graph, state).of(of) for state in states]


def jacobian(rates: Sequence[Expression], states: Sequence[Expression]) -> list[list[Expression]]:
    """J[i][j] = d rates[i] / d states[j]."""
    columns = [Derivative(state.graph, state) for state in states]
    return [[column.of(rate) for column in columns] for rate in rates]


class Derivative:
    """By one state; what is shared between expressions is derived once."""

    def __init__(self, graph: Graph, state: Expression) -> None:
        self.graph = graph
        self.zero = graph.number(0.0)
        self.known: dict[int, Expression] = {state.index: graph.number(1.0)}

    def of(self, expression: Expression) -> Expression:
        """The derivative; without recursion, since graphs may be deep."""
        for index in _ancestry(expression):
            if index not in self.known:
                self.known[index] = self._one(Expression(self.graph, index))
        return self.known[expression.index]

    def _one(self, f: Expression) -> Expression:
        node = f.node
        if node.op in ("number", "parameter", "state"):
            return self.zero
        u, du = Expression(self.graph, node.a), self.known[node.a]
        if node.b < 0:
            return self.zero if du.value == 0.0 else _RULES[node.op](u, f) * du
        return self._two(f, u, Expression(self.graph, node.b), du, self.known[node.b])

    def _two(self, f: Expression, u: Expression, v: Expression, du: Expression, dv: Expression) -> Expression:
        if du.value == 0.0 and dv.value == 0.0:
            return self.zero
        match f.node.op:
            case "add":
                return du + dv
            case "sub":
                return du - dv
            case "mul":
                return du * v + u * dv
            case "div":
                return (du - f * dv) / v
            case "pow" if dv.value == 0.0:
                return v * u ** (v - 1.0) * du
            case "pow":
                return f * (dv * function("log", u) + v * du / u)
            case "atan2":
                return (v * du - u * dv) / (u * u + v * v)
        smaller = function("sign", u - v) if f.node.op == "max" else function("sign", v - u)  # 1 where u is chosen
        return 0.5 * ((1.0 + smaller) * du + (1.0 - smaller) * dv)


def _ancestry(expression: Expression) -> list[int]:
    """The node and all that it is made of, arguments first."""
    found, waiting = set[int](), [expression.index]
    while waiting:
        index = waiting.pop()
        if index in found:
            continue
        found.add(index)
        node = expression.graph.nodes[index]
        if node.op not in ("number", "parameter", "state"):
            waiting += [i for i in (node.a, node.b) if i >= 0]
    return sorted(found)
