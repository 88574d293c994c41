"""What all scripts share: sections of prose and code, the data, the minibatches, the changes."""

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from engine.export.recipe import Story

WIDTH = 100
FIRST = 20
"""Steps whose losses a script prints one by one, and makes at least."""

EVERY = 50
"""Of the steps after these, every so manieth is printed."""


@dataclass(frozen=True)
class Section:
    """A part of a script: a cell of a notebook.

    Attributes
    ----------
    title, prose : str
        What it is, and what there is to know; prose may be empty.
    code : str
    """

    title: str
    prose: str
    code: str


def sources(functions: Iterable[Callable[..., Any]]) -> str:
    """Return the source of textbook functions, each once, in this order."""
    return "\n\n\n".join(inspect.getsource(one).rstrip() for one in dict.fromkeys(functions))


def assign(target: str, expression: str, indent: str = "    ") -> str:
    """Return an assignment, its call's arguments on a line of their own if it is too long."""
    line = f"{indent}{target} = {expression}"
    if len(line) <= WIDTH or not expression.endswith(")"):
        return line
    name, _, arguments = expression[:-1].partition("(")
    return f"{indent}{target} = {name}(\n{indent}    {arguments}\n{indent})"


def gradient(name: str) -> str:
    """Return what the loss's gradient by a tensor is called: `conv1.dz` for `conv1.z`."""
    layer, _, short = name.rpartition(".")
    return f"{layer}.d{short}"


def as_tuple(names: Iterable[str]) -> str:
    """Return names as the text of a tuple."""
    quoted = [f'"{name}"' for name in names]
    return f"({', '.join(quoted)}{',' if len(quoted) == 1 else ''})"


def settings(story: Story, *, notebook: bool) -> str:
    """Return the run's numbers: seed, steps, learning rate, batch size, changes on the way."""
    recipe = story.recipe
    steps = max(story.steps, FIRST)
    lines = [f"SEED = {recipe.seed}"]
    if notebook:
        lines.append(f"STEPS = {steps}")
    else:
        lines.append(f"STEPS = int(sys.argv[1]) if len(sys.argv) > 1 else {steps}")
    size = min(recipe.batch_size, len(recipe.train))
    if story.changes:
        now = {
            "optimizer": recipe.optimizer,
            "learning_rate": recipe.learning_rate,
            "batch_size": size,
        }
        lines.append(f"now = {_dictionary(now)}")
        lines.append("# after how many steps which of these was changed on the page")
        rows = [f"    {step}: {_dictionary(one)}," for step, one in sorted(story.changes.items())]
        lines += ["CHANGES = {", *rows, "}"]
    else:
        lines += [f"LEARNING_RATE = {recipe.learning_rate!r}", f"BATCH_SIZE = {size}"]
    if story.edits:
        lines.append("# after how many steps which weights were set by hand on the page")
        rows = [
            f"    {step}: [{', '.join(_edit(*one) for one in edits)}],"
            for step, edits in sorted(story.edits.items())
        ]
        lines += ["EDITS = {", *rows, "}"]
    if story.drops_out:
        lines.append(f"rates = {_dictionary(recipe.dropouts)}  # of dropout, by layer")
    if recipe.network.l2:
        weights = [name for name in recipe.network.parameters() if name.endswith(".W")]
        lines.append(f"L2 = {recipe.network.l2!r}  # of the penalty L2 / 2 · Σ W²")
        lines.append(f"WEIGHTS = {as_tuple(weights)}")
    return "\n".join(lines)


def _dictionary(values: Any) -> str:
    return "{" + ", ".join(f'"{name}": {_literal(one)}' for name, one in values.items()) + "}"


def _edit(name: str, index: tuple[int, ...], value: float) -> str:
    return f'("{name}", {index!r}, {value!r})'


def _literal(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)


def data(story: Story, *, notebook: bool) -> str:
    """Return how samples, targets and initial weights are read."""
    recipe = story.recipe
    outputs = recipe.network.layers[-1].output_shape[0]
    file = f'"{story.name}.npz"'
    where = file if notebook else f"Path(__file__).with_name({file})"
    lines = [
        f"with np.load({where}, allow_pickle=False) as file:",
        "    data = dict(file)",
        "",
        "",
        "def samples(part):",
    ]
    if story.has_classes and outputs > 1:
        lines += [
            '    """Return a part\'s samples, and one-hot rows: 1 at the class, 0 elsewhere."""',
            '    x = data[f"{part}.x"].astype(np.float32) / data["scale"]  # packed small',
            f'    return x, np.eye({outputs}, dtype=np.float32)[data[f"{{part}}.y"]]',
        ]
    else:
        reshaped = ".reshape(-1, 1)" if outputs == 1 else ""
        lines += [
            '    """Return a part\'s samples, and what the network should say of each."""',
            '    x = data[f"{part}.x"].astype(np.float32) / data["scale"]  # packed small',
            f'    return x, data[f"{{part}}.y"].astype(np.float32){reshaped}',
        ]
    lines += ["", "", 'x_train, y_train = samples("train")']
    if recipe.validation is not None:
        lines.append('x_validation, y_validation = samples("validation")')
    return "\n".join(lines)


def value_of(story: Story, name: str) -> str:
    """Return the expression of a setting: a constant, or what it is now if it was changed."""
    return f'now["{name}"]' if story.changes else name.upper()


def imports(story: Story, *more: str, notebook: bool) -> str:
    """Return the imports; `more` are those of other libraries than NumPy."""
    standard = ["from decimal import ROUND_HALF_UP, Context, Decimal"]
    if not notebook:
        standard = ["import sys", *standard, "from pathlib import Path"]
    return "\n".join([*standard, "", "import numpy as np", *more])


def printing() -> str:
    """Return the lines that print a step's loss, and stop where there is none."""
    return "\n".join(
        [
            f"    if step <= {FIRST} or step % {EVERY} == 0 or step == STEPS:",
            '        print(f"step {step:>5}   loss {shown(loss)}")',
            "    if not np.isfinite(loss):",
            '        print("The loss is no longer finite: the training has diverged.")',
            "        break",
        ]
    )


def judged(story: Story, said: str) -> list[str]:
    """Return the lines that print how many validation samples are told right."""
    if story.recipe.validation is None or not story.has_classes:
        return []
    if story.recipe.network.layers[-1].output_shape[0] == 1:
        right = f"({said} > 0.5) == (y_validation > 0.5)"
    else:
        right = f"{said}.argmax(axis=1) == y_validation.argmax(axis=1)"
    return [
        f"right = {right}",
        'print(f"{100 * right.mean():.1f} % of {len(right)} validation samples are told right")',
    ]


def script(head: str, sections: Iterable[Section]) -> str:
    """Return the sections as one file, with their titles and prose as comments."""
    parts = [f'"""{head}\n"""']
    for section in sections:
        comment = [f"# {section.title}"] if section.title else []
        comment += [f"# {line}" for line in section.prose.splitlines()]
        rule = ["# " + "─" * 70] if section.title else []
        text = "\n".join([*rule, *comment, "", section.code] if rule else [section.code])
        parts.append(text)
    return "\n\n\n".join(parts).rstrip() + "\n"
