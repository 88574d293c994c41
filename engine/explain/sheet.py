"""What a layer's sheet is made of: its lines, and each neuron's part in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from engine.errors import InvalidValueError
from engine.explain.scene import Scene
from engine.explain.tex import Formula
from engine.nn.dense import Dense

Direction = Literal["forward", "backward", "update"]


@dataclass(frozen=True, slots=True)
class Operand:
    """A tensor in a line, as it stands there.

    Attributes
    ----------
    sign : str
        What stands before it: `=`, `·`, `+`, or the function that is taken of it, `= tanh`.
    tensor : str
    turned : bool
        Whether it stands there with rows and columns exchanged.
    head : Formula
        Its symbol.
    shared : bool
        Whether every neuron's part takes all of it, as a sum takes all that comes in.
    """

    sign: str
    tensor: str
    head: Formula
    turned: bool = False
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One neuron's part of a line, as mathematics and as NumPy."""

    formula: Formula
    code: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a sheet.

    Attributes
    ----------
    tensor : str
        What it computes.
    head : Formula
        Its symbol.
    formula : Formula
    code : str
        A statement; `e = np.exp(…)` may come before it.
    names : mapping of str to str
        Names in the code, and the tensors that they stand for.
    operands : tuple of Operand
    rows : tuple of Row
        For each neuron that it computes something of.
    by : str
        What the rows are counted by: `neuron` or `input`.
    note : str
        What else there is to know.
    """

    tensor: str
    head: Formula
    formula: Formula
    code: str
    names: Mapping[str, str]
    operands: tuple[Operand, ...]
    rows: tuple[Row, ...]
    by: str = "neuron"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a layer does in one direction; `note` says why there is nothing, where there is not."""

    layer: str
    direction: Direction
    lines: tuple[Line, ...]
    note: str = ""

    def message(self) -> dict[str, Any]:
        """Return it as an event's data."""
        lines = [_message(line) for line in self.lines]
        return {
            "layer": self.layer,
            "direction": self.direction,
            "lines": lines,
            "note": self.note,
        }


def _message(line: Line) -> dict[str, Any]:
    return {
        "tensor": line.tensor,
        "head": line.head,
        "formula": line.formula,
        "code": line.code,
        "names": dict(line.names),
        "operands": [
            {
                "sign": one.sign,
                "tensor": one.tensor,
                "turned": one.turned,
                "shared": one.shared,
                "head": one.head,
            }
            for one in line.operands
        ],
        "rows": [{"formula": row.formula, "code": row.code} for row in line.rows],
        "by": line.by,
        "note": line.note,
    }


def read_sheet(args: Mapping[str, Any], scene: Scene) -> tuple[str, Direction]:
    """Return which layer's sheet is asked for, and in which direction.

    Raises
    ------
    InvalidValueError
        If there is no such dense layer, or no such direction.
    """
    layer, direction = args.get("layer"), args.get("direction")
    names = [one.name for one in scene.network.layers if isinstance(one, Dense)]
    if not isinstance(layer, str) or layer not in names:
        raise InvalidValueError(f"layer: expected one of {', '.join(names)}, got {layer!r}")
    for one in get_args(Direction):
        if direction == one:
            return layer, one
    expected = ", ".join(get_args(Direction))
    raise InvalidValueError(f"direction: expected one of {expected}, got {direction!r}")
