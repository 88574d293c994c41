"""How each kind of layer is written down: in NumPy forward and backward, and in PyTorch.

The texts only call functions of `engine/export/textbook/`, which go into the script with them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from engine.export.textbook import layers as textbook
from engine.nn.activations import LeakyReLU, Linear, ReLU, Sigmoid, Softmax, Tanh
from engine.nn.add import Add
from engine.nn.conv import Conv2D
from engine.nn.dense import Dense
from engine.nn.layer import Layer
from engine.nn.pool import AvgPool2D, MaxPool2D, Pool2D
from engine.nn.shaping import Dropout, Flatten


@dataclass(frozen=True)
class Names:
    """What stands for a layer's tensors in the NumPy script.

    Attributes
    ----------
    layer : str
    x, out, dout : str
        Expressions: the input, the output, and the loss's gradient by the output.
    link : str
        What a residual link adds to the input.
    """

    layer: str
    x: str
    out: str
    dout: str
    link: str = ""

    @property
    def W(self) -> str:
        """The weights."""
        return f'p["{self.layer}.W"]'

    @property
    def b(self) -> str:
        """The bias."""
        return f'p["{self.layer}.b"]'


@dataclass(frozen=True)
class Written:
    """One layer, written down.

    Attributes
    ----------
    forward : str
        The expression of the output.
    backward : str
        The expression of the input's gradient; with parameters, of dx, dW and db.
    torch : str
        The PyTorch module; empty where `torch_first` is all there is to it.
    torch_first : str
        What PyTorch does to `x` before it, as a statement.
    functions : tuple of callable
        What the NumPy expressions call.
    """

    forward: str
    backward: str
    torch: str
    functions: tuple[Callable[..., Any], ...] = ()
    torch_first: str = ""


@dataclass(frozen=True)
class Emitter:
    """Writes one kind of layer.

    Attributes
    ----------
    out : str
        The output's tensor name.
    write : callable of (layer, names) -> Written
    """

    out: str
    write: Callable[[Any, Names], Written]


def _dense(layer: Dense, names: Names) -> Written:
    return Written(
        f"dense({names.x}, {names.W}, {names.b})",
        f"dense_backward({names.dout}, {names.x}, {names.W})",
        f"nn.Linear({layer.input_shape[0]}, {layer.units})",
        (textbook.dense, textbook.dense_backward),
    )


def _conv2d(layer: Conv2D, names: Names) -> Written:
    rows, columns = layer.rows, layer.columns
    borders = f"(({rows.before}, {rows.after}), ({columns.before}, {columns.after}))"
    options = f"{borders}{_unless_one(stride=layer.stride, dilation=layer.dilation)}"
    steps = _unless_one(stride=layer.stride, dilation=layer.dilation)
    pad, first = "", ""
    if rows.before == rows.after and columns.before == columns.after:
        pad = _unless_zero(padding=(rows.before, columns.before))
    else:
        before = columns.before, columns.after, rows.before, rows.after
        first = f"x = F.pad(x, {before})  # nn.Conv2d would pad both ends alike"
    return Written(
        f"conv2d({names.x}, {names.W}, {names.b}, {options})",
        f"conv2d_backward({names.dout}, {names.x}, {names.W}, {options})",
        f"nn.Conv2d({layer.channels}, {layer.filters}, {layer.size}{steps}{pad})",
        (textbook.windows, textbook.conv2d, textbook.conv2d_backward),
        first,
    )


def _unless_one(**options: int) -> str:
    return "".join(f", {name}={value}" for name, value in options.items() if value != 1)


def _unless_zero(padding: tuple[int, int]) -> str:
    if padding[0] == padding[1]:
        return f", padding={padding[0]}" if padding[0] else ""
    return f", padding={padding}"


def _pool(kind: str, torch: str) -> Callable[[Pool2D, Names], Written]:
    forward, backward = getattr(textbook, kind), getattr(textbook, f"{kind}_backward")
    needs_x = (textbook.windows, forward, backward)

    def write(layer: Pool2D, names: Names) -> Written:
        beyond = layer.rows.after, layer.columns.after
        options = f"{layer.size}, {layer.stride}" + (f", {beyond}" if any(beyond) else "")
        return Written(
            f"{kind}({names.x}, {options})",
            f"{kind}_backward({names.dout}, {names.x}, {options})",
            f"nn.{torch}({_torch_window(layer)})",
            needs_x,
        )

    return write


def _torch_window(layer: Pool2D) -> str:
    # PyTorch refuses a window larger than the picture, where ours has the cells that are there
    sizes = tuple(min(layer.size, one.length) for one in (layer.rows, layer.columns))
    size = str(sizes[0]) if sizes[0] == sizes[1] else str(sizes)
    return f"{size}, stride={layer.stride}" + (", ceil_mode=True" if layer.partial else "")


def _flatten(layer: Flatten, names: Names) -> Written:
    return Written(
        f"{names.x}.reshape(len({names.x}), -1)",
        f"{names.dout}.reshape({names.x}.shape)",
        "nn.Flatten()",
    )


def _dropout(layer: Dropout, names: Names) -> Written:
    mask = f't["{layer.name}.mask"]'
    drawn = f'dropout_mask(rng, tuple(x.shape), rates["{layer.name}"])'
    return Written(
        f"{names.x} * {mask}",
        f"{names.dout} * {mask}",
        "",  # PyTorch's own dropout would draw other random numbers
        (textbook.dropout_mask,),
        f"x = x if rng is None else x * torch.from_numpy({drawn})",
    )


def _add(layer: Add, names: Names) -> Written:
    return Written(f"{names.x} + {names.link}", names.dout, "", torch_first=f"x = x + {names.link}")


def _linear(layer: Linear, names: Names) -> Written:
    return Written(names.x, names.dout, "nn.Identity()")


def _sigmoid(layer: Sigmoid, names: Names) -> Written:
    return Written(
        f"sigmoid({names.x})",
        f"sigmoid_backward({names.dout}, {names.out})",
        "nn.Sigmoid()",
        (textbook.sigmoid, textbook.sigmoid_backward),
    )


def _tanh(layer: Tanh, names: Names) -> Written:
    return Written(
        f"np.tanh({names.x})",
        f"tanh_backward({names.dout}, {names.out})",
        "nn.Tanh()",
        (textbook.tanh_backward,),
    )


def _relu(layer: ReLU, names: Names) -> Written:
    return Written(
        f"relu({names.x})",
        f"relu_backward({names.dout}, {names.x})",
        "nn.ReLU()",
        (textbook.relu, textbook.relu_backward),
    )


def _leaky_relu(layer: LeakyReLU, names: Names) -> Written:
    return Written(
        f"leaky_relu({names.x}, {layer.slope!r})",
        f"leaky_relu_backward({names.dout}, {names.x}, {layer.slope!r})",
        f"nn.LeakyReLU({layer.slope!r})",
        (textbook.leaky_relu, textbook.leaky_relu_backward),
    )


def _softmax(layer: Softmax, names: Names) -> Written:
    return Written(
        f"softmax({names.x})",
        f"softmax_backward({names.dout}, {names.out})",
        "nn.Softmax(dim=1)",
        (textbook.softmax, textbook.softmax_backward),
    )


EMITTERS: dict[str, Emitter] = {
    Dense.kind: Emitter("z", _dense),
    Conv2D.kind: Emitter("z", _conv2d),
    MaxPool2D.kind: Emitter("y", _pool("max_pool2d", "MaxPool2d")),
    AvgPool2D.kind: Emitter("y", _pool("avg_pool2d", "AvgPool2d")),
    Flatten.kind: Emitter("y", _flatten),
    Dropout.kind: Emitter("y", _dropout),
    Add.kind: Emitter("y", _add),
    Linear.kind: Emitter("a", _linear),
    Sigmoid.kind: Emitter("a", _sigmoid),
    Tanh.kind: Emitter("a", _tanh),
    ReLU.kind: Emitter("a", _relu),
    LeakyReLU.kind: Emitter("a", _leaky_relu),
    Softmax.kind: Emitter("a", _softmax),
}
"""Each kind of layer's emitter."""


def output_of(layer: Layer) -> str:
    """Return the name of a layer's output, as everywhere: `conv1.z`."""
    return f"{layer.name}.{EMITTERS[layer.kind].out}"
