"""Units that say 0 to every point: ReLUs that die, and leaky ones that come back."""

from collections.abc import Callable, Mapping

import numpy as np

from engine.data.library import Library
from engine.errors import InvalidValueError
from engine.exhibits.activations_team import NOTES, TeamRun, describe, points_of
from engine.exhibits.controls import Control, Slider, Value
from engine.exhibits.questions import Solution
from engine.explain.ledger import Ledger
from engine.explain.scene import element
from engine.explain.silent import Silent, silent_units
from engine.nn.network import Network
from engine.nn.passes import Pass
from engine.snapshot import Array

HERE: Mapping[str, tuple[str, ...]] = {"mode": ("dying",)}

UNITS = (8, 8)
"""Of the two hidden layers."""

LEAK = 0.1
"""The leaky ReLU's slope left of 0."""

FAR_AHEAD = 200
"""So many steps the questions look ahead."""

GENTLE = 0.1
"""A rate at which nothing dies, if it begins there."""

NAMES = {"relu": "ReLU", "leaky_relu": "Leaky ReLU"}

LAYERS = tuple(range(1, len(UNITS) + 1))

FAMILIES = tuple(f"{name}.*" for name in NAMES)

GRADUAL = tuple(f"{name}.pull{layer}" for name in NAMES for layer in LAYERS)

HISTORY = tuple(f"silent_{name}_{layer}" for name in NAMES for layer in LAYERS)

CONTROLS: tuple[Control, ...] = (
    Slider(
        name="bold_rate",
        label="Learning rate",
        help="How far a step goes down the gradient of all points.",
        low=0.01,
        high=10.0,
        default=2.0,
        scale="log",
        when=HERE,
    ),
    Slider(
        name="first_bias",
        label="First biases",
        help="What the biases of both hidden layers are before the first step.",
        low=-3.0,
        high=1.0,
        default=0.0,
        step=0.25,
        effect="reset",
        when=HERE,
    ),
)


class DyingRun(TeamRun):
    """Two networks 2-8-8-2 with one seed, one with ReLUs, one with leaky ones.

    Parameters
    ----------
    values : mapping of str to value
        Checked, complete control values.
    seed : int
        Of the points and of the first weights.
    library : Library
    """

    def __init__(self, values: Mapping[str, Value], seed: int, library: Library) -> None:
        self._seed = seed
        self._values = dict(values)
        data = points_of(values, seed, library)
        networks = {name: self._copy(name) for name in NAMES}
        super().__init__(values, seed, data, networks, rate="bold_rate")

    def _copy(self, name: str) -> Network:
        options = {"slope": LEAK} if name == "leaky_relu" else {}
        description = describe(name, UNITS, initializer="he", **options)
        network = Network(description, rng=np.random.default_rng([self._seed, 0]))
        for layer in LAYERS:
            network.parameters()[f"dense{layer}.b"][...] = float(self._values["first_bias"])
        return network

    def _seen(self, name: str) -> Pass:
        """Return the pass in which a network has just seen all points."""
        return self._scene(name).scene.stage.using

    def _work(self) -> Silent:
        return Silent(
            {name: self._seen(name) for name in NAMES},
            LAYERS,
            begun=bool(self.position),
            given={"data.x": self._data.x, "data.y": self._data.y.astype(np.int32)},
            notes=NOTES,
        )

    def _own_tensors(self, name: str) -> Mapping[str, Array]:
        network = self._networks[name]
        tensors = self._seen(name).tensors()
        shown = [f"{of}{layer}.{short}" for layer in LAYERS for of, short in (("act", "a"),)]
        return {
            **network.parameters(),
            **network.gradients(),
            **{short: tensors[short] for short in (*shown, "softmax.a")},
        }

    def scalars(self) -> Mapping[str, float]:
        """Return each network's count of silent units by layer, and its loss over all points."""
        arrays = self._numbers.arrays
        return {
            **{
                f"silent_{name}_{layer}": float(arrays[f"{name}.silent"][layer - 1])
                for name in NAMES
                for layer in LAYERS
            },
            **{f"loss_{name}": float(arrays[f"{name}.loss"]) for name in NAMES},
        }

    def ledger(self, tensor: str, index: tuple[int, ...], *, page: int = 0) -> Ledger:
        """Return how a number came about; what needs a step is refused before the first."""
        if tensor in GRADUAL:
            index, value = element(tensor, self._numbers.arrays[tensor], index)
            if np.isnan(value):
                raise InvalidValueError(f"{tensor}{list(index)}: not there yet; it comes at step 1")
        return super().ledger(tensor, index, page=page)

    def _questions(self) -> Mapping[str, Callable[[], Solution]]:
        return {"dead": self._dead, "back": self._back}

    def _count(self, network: Network) -> list[int]:
        using = network.at(len(self._data), "question")
        with np.errstate(all="ignore"):
            using.forward(self._data.x)
        return [int(silent_units(using, layer).sum()) for layer in LAYERS]

    def _dead(self) -> Solution:
        """Return how many ReLUs are dead some hundred steps on, at the present rate."""
        rate = float(self._values["bold_rate"])
        ahead = self._ahead(FAR_AHEAD, rate)
        counts = {name: self._count(network) for name, network in ahead.items()}
        first, second = counts["relu"]
        return Solution(
            float(first + second),
            f"{FAR_AHEAD} steps on, at the rate {rate:g}, {first} of the first layer's and "
            f"{second} of the second layer's ReLUs say 0 to every point. In the network with leaky "
            f"ReLUs {sum(counts['leaky_relu'])} units get no positive sum from any point.",
            tolerance=2.0,
        )

    def _back(self) -> Solution:
        """Return whether dead ReLUs come back at a gentle rate."""
        now = self._count(self._networks["relu"])
        if not sum(now):
            raise InvalidValueError(
                "back: no ReLU is dead here; go on a few steps, or take a greater rate"
            )
        later = self._count(self._ahead(FAR_AHEAD, GENTLE)["relu"])
        came = sum(max(0, before - after) for before, after in zip(now, later, strict=True))
        return Solution(
            "yes" if came else "no",
            f"Dead now: {now[0]} in the first layer, {now[1]} in the second. After {FAR_AHEAD} "
            f"steps at the rate {GENTLE:g}: {later[0]} and {later[1]}.",
        )
