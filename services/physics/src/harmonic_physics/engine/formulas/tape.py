"""From a graph to a flat tape of instructions on registers: what the one precompiled interpreter runs.

A register holds a series in time. Registers that no state reaches hold constants: they are worked out once, when the
parameters change (`prologue`); the rest is worked out at every order of every step (`body`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from harmonic_physics.engine.formulas.graph import Expression, Graph, Node

(
    ADD, SUB, MUL, DIV, SQUARE, NEGATE, SCALE, SHRINK, SINCOS, TANGENT, EXPONENTIAL, LOGARITHM, ROOT, HYPERBOLIC,
    TANH, ARC_SINE, ARC_TANGENT, ARC_TANGENT_2, POWER, ABSOLUTE, SIGN, LEAST, GREATEST, ARC_COSINE,
) = range(24)  # fmt: skip
"""Codes of the instructions (code, result, a, b, auxiliary register). SCALE: a b and SHRINK: a / b with a constant
b."""

Instruction = tuple[int, int, int, int, int]
MAX_WHOLE_POWER = 64

_SIMPLE = {"add": ADD, "sub": SUB, "div": DIV, "min": LEAST, "max": GREATEST}
_WITH_AUXILIARY = {
    "tan": TANGENT, "tanh": TANH, "asin": ARC_SINE, "acos": ARC_COSINE, "atan": ARC_TANGENT,
}  # fmt: skip
_ALONE = {"neg": NEGATE, "exp": EXPONENTIAL, "log": LOGARITHM, "sqrt": ROOT, "abs": ABSOLUTE, "sign": SIGN}
_KINKED = ("abs", "sign", "min", "max")


@dataclass
class Tape:
    """Registers 0..states-1 are the state; `register` finds those of the wanted expressions."""

    states: int
    registers: int
    numbers: list[tuple[int, float]] = field(default_factory=list)
    parameters: list[tuple[int, str]] = field(default_factory=list)
    prologue: list[Instruction] = field(default_factory=list)
    body: list[Instruction] = field(default_factory=list)
    kinks: list[int] = field(default_factory=list)
    """Registers whose sign chooses a branch: a step ends where one of them changes."""
    register: dict[int, int] = field(default_factory=dict)
    """From the index of a wanted expression to its register."""

    def of(self, expression: Expression) -> int:
        """The register of a wanted expression."""
        return self.register[expression.index]


def compiled(graph: Graph, wanted: Sequence[Expression]) -> Tape:
    """The tape that works out the wanted expressions, and nothing that they do not need."""
    return _Compiler(graph).run(wanted)


class _Compiler:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.tape = Tape(len(graph.states), len(graph.states))
        self.at: dict[int, int] = {}  # register of each node
        self.constant: set[int] = set()  # registers
        self.pairs: dict[tuple[int, int], int] = {}  # (code, argument's register) -> first of two registers

    def run(self, wanted: Sequence[Expression]) -> Tape:
        needed, waiting = set[int](), [w.index for w in wanted]
        while waiting:
            index = waiting.pop()
            if index not in needed:
                needed.add(index)
                waiting += _arguments(self.graph.nodes[index])
        for index in sorted(needed):
            self.at[index] = self._lower(self.graph.nodes[index])
        self.tape.register = {w.index: self.at[w.index] for w in wanted}
        return self.tape

    def _new(self) -> int:
        self.tape.registers += 1
        return self.tape.registers - 1

    def _emit(self, code: int, a: int, b: int = -1, result: int = -1, auxiliary: int = -1) -> int:
        """One instruction; into the prologue if its arguments are constant."""
        result = self._new() if result < 0 else result
        still = a in self.constant and (b < 0 or b in self.constant)
        if still:
            self.constant |= {result} if auxiliary < 0 else {result, auxiliary}
        (self.tape.prologue if still else self.tape.body).append((code, result, a, b, auxiliary))
        return result

    def _lower(self, node: Node) -> int:
        if node.op == "state":
            return node.a
        if node.op in ("number", "parameter"):
            return self._leaf(node)
        a = self.at[node.a]
        b = self.at[node.b] if node.b >= 0 else -1
        if node.op in ("sin", "cos"):
            return self._pair(SINCOS, a) + (node.op == "cos")
        if node.op in ("sinh", "cosh"):
            return self._pair(HYPERBOLIC, a) + (node.op == "cosh")
        if node.op in _KINKED:
            return self._kinked(node.op, a, b)
        if node.op in _WITH_AUXILIARY:
            result, auxiliary = self._new(), self._new()
            return self._emit(_WITH_AUXILIARY[node.op], a, result=result, auxiliary=auxiliary)
        if node.op in _ALONE:
            return self._emit(_ALONE[node.op], a)
        return self._binary(node, a, b)

    def _leaf(self, node: Node) -> int:
        register = self._new()
        self.constant.add(register)
        if node.op == "number":
            self.tape.numbers.append((register, node.value))
        else:
            self.tape.parameters.append((register, node.name))
        return register

    def _pair(self, code: int, a: int) -> int:
        """Two functions that need each other stand in neighbouring registers."""
        if (code, a) not in self.pairs:
            first, second = self._new(), self._new()
            self.pairs[code, a] = self._emit(code, a, result=first, auxiliary=second)
        return self.pairs[code, a]

    def _kinked(self, op: str, a: int, b: int) -> int:
        if op in ("abs", "sign"):
            switch, result = a, self._emit(_ALONE[op], a)
        else:
            switch = self._emit(SUB, a, b)
            result = self._emit(_SIMPLE[op], a, b)
        if switch not in self.constant and switch not in self.tape.kinks:
            self.tape.kinks.append(switch)
        return result

    def _binary(self, node: Node, a: int, b: int) -> int:
        if node.op == "mul":
            return self._product(a, b)
        if node.op == "div" and b in self.constant and a not in self.constant:
            return self._emit(SHRINK, a, b)
        if node.op == "atan2":
            auxiliary = self._emit(ADD, self._product(a, a), self._product(b, b))
            return self._emit(ARC_TANGENT_2, a, b, auxiliary=auxiliary)
        if node.op == "pow":
            return self._power(node, a, b)
        return self._emit(_SIMPLE[node.op], a, b)

    def _product(self, a: int, b: int) -> int:
        if a in self.constant and b in self.constant:
            return self._emit(MUL, a, b)
        if a in self.constant or b in self.constant:
            return self._emit(SCALE, *((b, a) if a in self.constant else (a, b)))
        return self._emit(SQUARE, a) if a == b else self._emit(MUL, a, b)

    def _power(self, node: Node, a: int, b: int) -> int:
        exponent = self.graph.nodes[node.b]
        if a in self.constant and b in self.constant:
            return self._emit(POWER, a, b)
        if exponent.op == "number" and exponent.value == 0.5:
            return self._emit(ROOT, a)
        if exponent.op == "number" and exponent.value.is_integer() and abs(exponent.value) <= MAX_WHOLE_POWER:
            return self._whole_power(a, int(exponent.value))
        if b in self.constant:
            return self._emit(POWER, a, b)
        return self._emit(EXPONENTIAL, self._product(b, self._emit(LOGARITHM, a)))

    def _whole_power(self, a: int, n: int) -> int:
        """By repeated squaring, so that a base of 0 is no trouble."""
        result, base, m = -1, a, abs(n)
        while m:
            if m & 1:
                result = base if result < 0 else self._product(result, base)
            m >>= 1
            base = self._product(base, base) if m else base
        if n > 0:
            return result
        one = self._leaf(Node("number", value=1.0))
        return one if n == 0 else self._emit(DIV, one, result)


def _arguments(node: Node) -> list[int]:
    if node.op in ("number", "parameter", "state"):
        return []
    return [i for i in (node.a, node.b) if i >= 0]
