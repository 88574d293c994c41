"""Two layers without an activation are one; and what a bend between them changes."""

import itertools
from collections.abc import Callable, Mapping

import numpy as np

from engine.data.library import Library
from engine.exhibits.activations_team import NOTES, TeamRun, describe, loss_of, points_of
from engine.exhibits.controls import Control, Slider, Value
from engine.exhibits.questions import Solution
from engine.explain.collapsed import Collapsed
from engine.explain.named import Named
from engine.explain.scene import Scene
from engine.nn.activations import LeakyReLU
from engine.nn.network import Network
from engine.snapshot import Array

HERE: Mapping[str, tuple[str, ...]] = {"mode": ("collapse",)}

UNITS = 4
"""Of the hidden layer: few enough for every weight to be read."""

DEEP = 10
"""So many linear layers the question about depth lays one upon another."""

SAME = 1e-9
"""Two numbers of double precision that are nearer than this count as the same but for rounding."""

FAMILIES = ("net.*", "one.*", "best.*", "fit.P", "apart", "alpha")
"""What this mode publishes besides the points."""

CONTROLS: tuple[Control, ...] = (
    Slider(
        name="alpha",
        label="Bend α",
        help="The hidden layer's function is (1 − α)·z + α·ReLU(z): 0 is linear, 1 is ReLU.",
        low=0.0,
        high=1.0,
        default=0.0,
        step=0.01,
        when=HERE,
    ),
    Slider(
        name="point",
        label="Point looked at",
        help="The number of the point that goes through the network, counted from 0.",
        low=0,
        high=499,
        default=0,
        step=1,
        integer=True,
        effect="view",
        advanced=True,
        when=HERE,
    ),
)


class CollapseRun(TeamRun):
    """A network 2-4-2 whose hidden function bends from a straight line to a ReLU.

    (1 − α)·z + α·max(z, 0) is z where z > 0 and (1 − α)·z elsewhere: a leaky ReLU whose slope is
    1 − α.

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
        super().__init__(values, seed, data, {"net": self._copy("net")}, rate="rate")
        self._bend()

    def _copy(self, name: str) -> Network:
        description = describe("leaky_relu", [UNITS], initializer="xavier")
        rng = np.random.default_rng([self._seed, 0])
        # double precision: that both ways say the same is then true to 15 digits
        network = Network(description, rng=rng, dtype=np.float64)
        _set_slope(network, self._slope)
        return network

    @property
    def _network(self) -> Network:
        return self._networks["net"]

    @property
    def _slope(self) -> float:
        return 1.0 - float(self._values["alpha"])

    @property
    def _point(self) -> int:
        return min(int(self._values["point"]), len(self._data) - 1)

    def set(self, values: Mapping[str, Value]) -> None:
        """Bend the hidden function, change the learning rate, or look at another point."""
        super().set(values)
        self._bend()

    def _bend(self) -> None:
        if _set_slope(self._network, self._slope):
            self._look_anew()

    def scalars(self) -> Mapping[str, float]:
        """Return the `loss` over all points."""
        return {"loss": loss_of(self._network, self._data)[0]}

    def _scenes(self) -> Mapping[str, Named]:
        network, trainer = self._network, self._cohort.trainers["net"]
        using = network.at(1, "stage")
        with np.errstate(all="ignore"):
            using.forward(self._data.x[self._point : self._point + 1])
            everyone = network.at(len(self._data), "all")
            everyone.forward(self._data.x)
        scene = Scene.training(
            using,
            trainer.training_pass,
            trainer.last_update,
            input_note="A coordinate of the point that is looked at.",
        )
        return {
            "net": Named(scene=scene, prefix="net.", owner="net.", x="net.dense1.x"),
            "all": Named(scene=Scene.of(everyone), prefix="all.", owner="net.", x="data.x"),
        }

    def _own_tensors(self, name: str) -> Mapping[str, Array]:
        shown = ("dense1.x", "dense1.z", "act1.a", "dense2.z", "softmax.a")
        tensors = self._network.at(1, "stage").tensors()
        return {**self._network.parameters(), **{short: tensors[short] for short in shown}}

    def _work(self) -> Collapsed:
        parameters = self._network.parameters()
        scenes = self._scenes()
        said = scenes["all"].scene.stage.tensors["dense2.z"]
        stage = scenes["net"].scene.stage.tensors
        x = self._data.x.astype(np.float64)
        return Collapsed(
            (parameters["dense1.W"], parameters["dense1.b"]),
            (parameters["dense2.W"], parameters["dense2.b"]),
            said=said.copy(),
            points=x,
            x=stage["dense1.x"][0].copy(),
            z=stage["dense2.z"][0].copy(),
            given={
                "data.x": x,
                "data.y": self._data.y.astype(np.int32),
                "alpha": np.array(1.0 - self._slope),
            },
            notes=NOTES,
            bounds=(
                (float(self._axes[0][0]), float(self._axes[0][-1])),
                (float(self._axes[1][0]), float(self._axes[1][-1])),
            ),
        )

    def _questions(self) -> Mapping[str, Callable[[], Solution]]:
        return {"deep": self._deep, "bent": self._bent}

    def _deep(self) -> Solution:
        """Return what ten linear layers can draw, from ten random ones."""
        rng = np.random.default_rng([self._seed, 7])
        sizes = [2, *([UNITS] * (DEEP - 1)), 2]
        layers = [
            (rng.standard_normal((out, into)), rng.standard_normal(out))
            for into, out in itertools.pairwise(sizes)
        ]
        a, whole, bias = self._data.x.astype(np.float64).T, np.eye(2), np.zeros(2)
        for w, b in layers:
            a, whole, bias = w @ a + b[:, None], w @ whole, w @ bias + b
        one = whole @ self._data.x.astype(np.float64).T + bias[:, None]
        off = float(np.abs(a - one).max() / np.abs(a).max())
        answer = "line" if off < SAME else "curve"
        return Solution(
            answer,
            f"{DEEP} random linear layers, tried on all {len(self._data)} points: their product, "
            f"one matrix of 2 × 2 and one bias, says the same to {off:.0e} of the greatest output. "
            "One matrix draws a straight line, however it came about.",
        )

    def _bent(self) -> Solution:
        """Return whether one matrix still does when the function is bent by a tenth."""
        errors = {}
        for alpha in (0.0, 0.1, 1.0):
            network = self._copy("net")
            network.theta[...] = self._network.theta
            _set_slope(network, 1.0 - alpha)
            x = self._data.x.astype(np.float64)
            using = network.at(len(x), "question")
            using.forward(x)
            z = using.tensors()["dense2.z"]
            design = np.column_stack([x, np.ones(len(x))])
            errors[alpha] = float(np.square(z - design @ (np.linalg.pinv(design) @ z)).mean())
        return Solution(
            "no" if errors[0.1] > SAME else "yes",
            f"With these weights the nearest single matrix is off by {errors[0.1]:.2g} at α = 0.1, "
            f"as the mean of the squares; by {errors[0.0]:.1g} at 0, which is rounding, and by "
            f"{errors[1.0]:.2g} at 1. Here even a slight bend breaks it.",
        )


def _set_slope(network: Network, slope: float) -> bool:
    """Set the slope of the hidden functions; return whether it was another."""
    changed = False
    for layer in network.layers:
        if isinstance(layer, LeakyReLU):
            changed |= layer.slope != slope
            layer.slope = slope
    return changed
