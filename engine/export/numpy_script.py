"""The run as a NumPy script: every line of the training, nothing hidden in a library."""

from collections.abc import Callable
from typing import Any

from engine.export.layers import EMITTERS, Names, Written, output_of
from engine.export.recipe import Story
from engine.export.rules import LOSS_WORDS, OPTIMIZER_WORDS
from engine.export.textbook import training as textbook
from engine.export.writing import (
    FIRST,
    Section,
    assign,
    data,
    gradient,
    imports,
    judged,
    printing,
    settings,
    sources,
    value_of,
)
from engine.nn.add import Add
from engine.nn.layer import Layer, ParameterLayer
from engine.nn.shaping import Dropout


def numpy_sections(story: Story, *, notebook: bool = False) -> list[Section]:
    """Return the parts of the script, or the cells of the notebook."""
    network = _Network(story)
    loss = network.loss
    steps = max(story.steps, FIRST)
    return [
        Section("", "", imports(story, notebook=notebook)),
        Section(
            "The run",
            f"{story.title}, seed {story.recipe.seed}, {steps} steps.",
            "\n".join(
                [
                    settings(story, notebook=notebook),
                    'np.seterr(all="ignore")  # a training that diverges is told of at its loss',
                ]
            ),
        ),
        Section(
            "The data, and the weights before the first step",
            f"They stand in {story.name}.npz. The names are those on the page.",
            f"{data(story, notebook=notebook)}\n"
            'p = {name: data[name] for name in data if name.endswith((".W", ".b"))}  # parameters',
        ),
        Section(
            "The layers",
            "Each function has a partner that goes backward: from the loss's gradient by what\n"
            "comes out to its gradient by what goes in, and by the parameters.",
            sources(network.functions),
        ),
        Section(
            "Forward: from the samples to what the network says",
            "t holds every tensor by its name.",
            network.forward(),
        ),
        Section("The loss", "", f"{sources((loss.value, loss.gradient))}\n\n\n{network.loss_of()}"),
        Section(
            "Backward: from the loss to every parameter",
            "g holds the loss's gradients by name: conv1.dW belongs to conv1.W. It is the chain\n"
            "rule, one layer at a time, from the last to the first.",
            network.backward(),
        ),
        Section(
            "The optimizer" if len(story.optimizers) == 1 else "The optimizers",
            "The rule that turns gradients into a step of the parameters.",
            sources(OPTIMIZER_WORDS[kind].function for kind in story.optimizers),
        ),
        Section(
            "Minibatches, and how a loss is written",
            "",
            sources((textbook.next_batch, textbook.shown)),
        ),
        Section("The training", "", _training(story)),
        Section("What came out", "", _end(story, network.layers[-1], notebook=notebook)),
    ]


class _Network:
    """The network as functions over `t`, `p` and `g`."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.layers = story.recipe.network.layers
        self.loss = LOSS_WORDS[story.recipe.network.loss.kind]
        self.inputs = [f"{self.layers[0].name}.x", *map(output_of, self.layers[:-1])]
        self.written = [self._write(number) for number in range(len(self.layers))]
        # the lowest layer that backward has to reach
        parametric = [n for n, one in enumerate(self.layers) if isinstance(one, ParameterLayer)]
        self.lowest = min(parametric, default=len(self.layers))

    def _write(self, number: int) -> Written:
        layer = self.layers[number]
        out = output_of(layer)
        names = Names(
            layer.name,
            x=f't["{self.inputs[number]}"]',
            out=f't["{out}"]',
            dout=f'g["{gradient(out)}"]',
            link=f't["{self.inputs[layer.takes(number)[-1]]}"]',
        )
        if isinstance(layer, Dropout) and not self.story.drops_out:
            return Written(names.x, names.dout, "")
        return EMITTERS[layer.kind].write(layer, names)

    @property
    def backward_layers(self) -> range:
        """The layers that go backward by themselves, from the last to the first."""
        last = len(self.layers) - (2 if self.loss.stands_in else 1)
        return range(last, self.lowest - 1, -1)

    @property
    def functions(self) -> list[Callable[..., Any]]:
        """The textbook functions that are called."""
        return [
            function
            for number, written in enumerate(self.written)
            for function in written.functions
            if number in self.backward_layers or not function.__name__.endswith("_backward")
        ]

    def forward(self) -> str:
        draws = self.story.drops_out
        lines = [
            f"def forward(x{', rng=None' if draws else ''}):",
            '    """Compute every tensor of a batch'
            + ("; with an rng, dropout leaves numbers out." if draws else ".")
            + '"""',
            f'    t = {{"{self.inputs[0]}": x}}',
        ]
        for number, (layer, written) in enumerate(zip(self.layers, self.written, strict=True)):
            target = f't["{output_of(layer)}"]'
            if isinstance(layer, Dropout) and draws:
                mask, x = f't["{layer.name}.mask"]', f't["{self.inputs[number]}"]'
                lines += [
                    f"    {mask} = 1",
                    "    if rng is not None:",
                    assign(
                        mask,
                        f'dropout_mask(rng, {x}.shape, rates["{layer.name}"])',
                        indent="        ",
                    ),
                ]
            note = "  # dropout at rate 0: nothing is left out"
            silent = isinstance(layer, Dropout) and not draws
            lines.append(assign(target, written.forward) + (note if silent else ""))
        return "\n".join([*lines, "    return t"])

    def loss_of(self) -> str:
        seen = self.inputs[-1] if self.loss.stands_in else output_of(self.layers[-1])
        value = f'{self.loss.value.__name__}(t["{seen}"], y)'
        lines = ["def loss_of(t, y):", '    """Return how wrong a batch is, as one number."""']
        if self.story.recipe.network.l2:
            lines += [
                "    penalty = L2 / 2 * sum(float((p[name] ** 2).sum()) for name in WEIGHTS)",
                f"    return {value} + penalty",
            ]
        else:
            lines.append(f"    return {value}")
        return "\n".join(lines)

    def backward(self) -> str:
        last = output_of(self.layers[-1])
        start = self.inputs[-1] if self.loss.stands_in else last
        lines = [
            "def backward(t, y):",
            '    """Return the loss\'s gradients, after forward."""',
            "    g = {}",
            assign(f'g["{gradient(start)}"]', f'{self.loss.gradient.__name__}(t["{last}"], y)'),
        ]
        for number in self.backward_layers:
            layer, written = self.layers[number], self.written[number]
            target = f'g["{gradient(self.inputs[number])}"]'
            if isinstance(layer, ParameterLayer):
                own = [f'g["{layer.name}.d{short}"]' for short in ("W", "b")]
                target = ", ".join(["_" if number == self.lowest else target, *own])
            lines.append(assign(target, written.backward))
            if number > self.lowest:
                lines += self._handed_back(number)
        if self.story.recipe.network.l2:
            lines += [
                "    for name in WEIGHTS:",
                '        g[name.replace(".W", ".dW")] += L2 * p[name]',
            ]
        return "\n".join([*lines, "    return g"])

    def _handed_back(self, number: int) -> list[str]:
        """Return what residual links add to the gradient of a layer's input."""
        target = f'g["{gradient(self.inputs[number])}"]'
        return [
            assign(target, f'{target} + g["{gradient(output_of(link))}"]')
            for end, link in enumerate(self.layers)
            if isinstance(link, Add) and end - link.over == number
        ]


def _training(story: Story) -> str:
    changed = bool(story.changes)
    optimizers = [OPTIMIZER_WORDS[kind] for kind in story.optimizers]
    rate = value_of(story, "learning_rate")
    lines = [
        "losses, memory, place = [], {}, (0, 0)",
        "for step in range(1, STEPS + 1):",
    ]
    if changed:
        lines.append("    for name, value in CHANGES.get(step - 1, {}).items():")
        if len(optimizers) > 1:
            lines += [
                '        if name == "optimizer" and value != now["optimizer"]:',
                "            memory = {}  # another optimizer remembers nothing",
            ]
        if story.drops_out:
            lines += [
                '        if name == "dropout":',
                "            rates = dict.fromkeys(rates, value)",
            ]
        lines.append("        now[name] = value")
    if story.edits:
        lines += [
            "    for name, index, value in EDITS.get(step - 1, []):",
            "        p[name][index] = value",
        ]
    size = f"min({value_of(story, 'batch_size')}, len(x_train))" if changed else "BATCH_SIZE"
    draws = ", np.random.default_rng([SEED, 2, step])" if story.drops_out else ""
    lines += [
        f"    place, chosen = next_batch(place, {size}, len(x_train), SEED)",
        f"    t = forward(x_train[chosen]{draws})",
        "    loss = loss_of(t, y_train[chosen])",
        "    g = backward(t, y_train[chosen])",
        '    gradients = {name: g[name.replace(".", ".d")] for name in p}',
    ]
    if len(optimizers) == 1:
        lines.append(f"    {optimizers[0].numpy_call(rate)}")
    else:
        for number, words in enumerate(optimizers):
            lines.append(f'    {"el" if number else ""}if now["optimizer"] == "{words.kind}":')
            lines.append(f"        {words.numpy_call(rate)}")
    return "\n".join([*lines, "    losses.append(loss)", printing()])


def _end(story: Story, last: Layer, *, notebook: bool) -> str:
    file = f'"{story.name}-trained.npz"'
    where = file if notebook else f"Path(__file__).with_name({file})"
    lines = judged(story, "said")
    if lines:
        lines.insert(0, f'said = forward(x_validation)["{output_of(last)}"]')
    return "\n".join([*lines, f"np.savez({where}, **p)"])
