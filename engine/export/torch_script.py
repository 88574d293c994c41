"""The run as a PyTorch script: the same network, weights, minibatches and rule."""

import keyword
from collections.abc import Callable
from typing import Any

from engine.export.layers import EMITTERS, Names, Written
from engine.export.recipe import Story
from engine.export.rules import LOSS_WORDS, OPTIMIZER_WORDS
from engine.export.textbook import layers, training
from engine.export.writing import (
    FIRST,
    Section,
    data,
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

MODULE_NAMES = """
add_module apply bfloat16 buffers call_super_init children compile cpu cuda double dump_patches eval
extra_repr float forward get_buffer get_extra_state get_parameter get_submodule half ipu
load_state_dict modules mtia named_buffers named_children named_modules named_parameters parameters
register_backward_hook register_buffer register_forward_hook register_forward_pre_hook
register_full_backward_hook register_full_backward_pre_hook register_load_state_dict_post_hook
register_load_state_dict_pre_hook register_module register_parameter register_state_dict_post_hook
register_state_dict_pre_hook requires_grad_ set_extra_state set_submodule share_memory state_dict to
to_empty train training type xpu zero_grad
"""
RESERVED = frozenset([*MODULE_NAMES.split(), *keyword.kwlist])
"""Names that a layer may have here, but not as an attribute of an `nn.Module`."""


def torch_sections(story: Story) -> list[Section]:
    """Return the parts of the script."""
    steps = max(story.steps, FIRST)
    helpers: list[Callable[..., Any]] = [training.next_batch, training.shown]
    if story.drops_out:
        helpers.insert(0, layers.dropout_mask)
    torch = ("import torch", "import torch.nn.functional as F", "from torch import nn")
    return [
        Section("", "", imports(story, *torch, notebook=False)),
        Section(
            "The run",
            f"{story.title}, seed {story.recipe.seed}, {steps} steps.",
            settings(story, notebook=False),
        ),
        Section(
            "The data, and the weights before the first step",
            f"They stand in {story.name}.npz. The names are those on the page.",
            data(story, notebook=False),
        ),
        Section("The network", "", _network(story)),
        Section(
            "Minibatches, and how a loss is written",
            "The random numbers are NumPy's, for PyTorch's generator would give another order.",
            sources(helpers),
        ),
        Section("The training", "", _training(story)),
        Section("What came out", "", _end(story)),
    ]


def _attribute(layer: Layer) -> str:
    return f"{layer.name}_" if layer.name in RESERVED else layer.name


def _written(story: Story) -> list[tuple[Layer, Written]]:
    """Return the layers that are written down: not the last one if the loss stands in for it."""
    network = story.recipe.network
    stands_in = LOSS_WORDS[network.loss.kind].stands_in
    found = []
    for layer in network.layers[: -1 if stands_in else None]:
        names = Names(layer.name, "x", "x", "x", _kept(layer))
        written = EMITTERS[layer.kind].write(layer, names)
        if isinstance(layer, Dropout) and not story.drops_out:
            written = Written("", "", "nn.Dropout(0.0)")
        found.append((layer, written))
    return found


def _kept(layer: Layer) -> str:
    """Return what the script calls what a residual link adds."""
    return f"before_{layer.name}"


def _network(story: Story) -> str:
    network = story.recipe.network
    written = _written(story)
    modules = [
        f"        self.{_attribute(layer)} = {one.torch}" for layer, one in written if one.torch
    ]
    lines = [
        "class Network(nn.Module):",
        "    def __init__(self):",
        "        super().__init__()",
        *modules,
        "",
        f"    def forward(self, x{', rng=None' if story.drops_out else ''}):",
    ]
    links = [(n - one.over, one) for n, one in enumerate(network.layers) if isinstance(one, Add)]
    for number, (layer, one) in enumerate(written):
        lines += [f"        {_kept(link)} = x" for start, link in links if start == number]
        lines += [f"        {one.torch_first}"] if one.torch_first else []
        lines += [f"        x = self.{_attribute(layer)}(x)"] if one.torch else []
    last = network.layers[-1]
    note = f"  # {last.name} is part of the loss" if written[-1][0] is not last else ""
    lines += [f"        return x{note}", "", "", "net = Network()"]
    parametric = [one for one in network.layers if isinstance(one, ParameterLayer)]
    if parametric:
        pairs = "".join(f'    "{one.name}": net.{_attribute(one)},\n' for one in parametric)
        lines += [
            f"layers = {{\n{pairs}}}",
            "with torch.no_grad():",
            "    for name, layer in layers.items():",
            '        layer.weight.copy_(torch.from_numpy(data[f"{name}.W"]))',
            '        layer.bias.copy_(torch.from_numpy(data[f"{name}.b"]))',
        ]
    return "\n".join(lines)


def _training(story: Story) -> str:
    network = story.recipe.network
    optimizers = [OPTIMIZER_WORDS[kind] for kind in story.optimizers]
    several = len(optimizers) > 1
    rate = value_of(story, "learning_rate")
    lines = ["# these options make PyTorch's rule the one on the page"]
    if several:
        lines += ["def new_optimizer(name, rate):"]
        for words in optimizers:
            lines.append(f'    if name == "{words.kind}":')
            lines.append(f"        return {words.torch_call('rate')}")
        lines += ["", "", f'optimizer = new_optimizer(now["optimizer"], {rate})']
    else:
        lines.append(f"optimizer = {optimizers[0].torch_call(rate)}")
    lines += ["losses, place = [], (0, 0)", "for step in range(1, STEPS + 1):"]
    if story.changes:
        lines += [
            "    changed = CHANGES.get(step - 1, {})",
            *(
                [
                    '    if changed.get("optimizer", now["optimizer"]) != now["optimizer"]:',
                    "        # another optimizer remembers nothing",
                    f'        optimizer = new_optimizer(changed["optimizer"], {rate})',
                ]
                if several
                else []
            ),
            "    now |= changed",
            "    for group in optimizer.param_groups:",
            '        group["lr"] = now["learning_rate"]',
        ]
        if story.drops_out:
            lines += [
                '    if "dropout" in changed:',
                '        rates = dict.fromkeys(rates, changed["dropout"])',
            ]
    if story.edits:
        lines += [
            "    for name, index, value in EDITS.get(step - 1, []):",
            '        layer, _, short = name.partition(".")',
            '        own = layers[layer].weight if short == "W" else layers[layer].bias',
            "        with torch.no_grad():",
            "            own[index] = value",
        ]
    size = f"min({value_of(story, 'batch_size')}, len(x_train))" if story.changes else "BATCH_SIZE"
    draws = ", np.random.default_rng([SEED, 2, step])" if story.drops_out else ""
    lines += [
        f"    place, chosen = next_batch(place, {size}, len(x_train), SEED)",
        "    x, y = torch.from_numpy(x_train[chosen]), torch.from_numpy(y_train[chosen])",
        "    optimizer.zero_grad()",
        f"    out = net(x{draws})",
        f"    objective = {LOSS_WORDS[network.loss.kind].torch}",
    ]
    if network.l2:
        weights = [one for one in network.layers if isinstance(one, ParameterLayer)]
        squares = " + ".join(f"net.{_attribute(one)}.weight.square().sum()" for one in weights)
        lines.append(f"    objective = objective + L2 / 2 * (\n        {squares}\n    )")
    lines += [
        "    objective.backward()",
        "    optimizer.step()",
        "    loss = objective.item()",
        "    losses.append(loss)",
    ]
    return "\n".join([*lines, printing()])


def _end(story: Story) -> str:
    lines = judged(story, "said")
    if lines:
        outputs = story.recipe.network.layers[-1].output_shape[0]
        stands_in = LOSS_WORDS[story.recipe.network.loss.kind].stands_in
        shares = "torch.sigmoid(out)" if outputs == 1 and stands_in else "out"
        lines = [
            "with torch.no_grad():",
            "    out = net(torch.from_numpy(x_validation))",
            f"said = {shares}.numpy()",
            *lines,
        ]
    file = f'"{story.name}-trained.pt"'
    return "\n".join([*lines, f"torch.save(net.state_dict(), Path(__file__).with_name({file}))"])
