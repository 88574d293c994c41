"""Loss surfaces of 41 × 41 points, side by side with PyTorch's `vmap` on the same single thread.

PyTorch maps a function of the parameters over all points of the grid, in chunks of the size that
suits it best of those tried. Before that both must find the same losses. Rounds of both alternate,
so that what else the machine does falls on both; medians are compared. What a slice takes says
whether a worker that computes surfaces stays fair to other runs.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.func import functional_call, vmap

from bench.table import print_table, quantile
from engine.landscape.directions import random_directions
from engine.landscape.evaluator import Evaluator
from engine.landscape.grid import Grid
from engine.nn.network import Network

SIDE = 41
REACH = 1.0
WANTED_RATIO = 2.0


@dataclass(frozen=True, kw_only=True)
class Work:
    """One surface, for both sides.

    Attributes
    ----------
    wanted : float
        Seconds that it may take at most.
    chunks : tuple of int
        How many points PyTorch may take at once.
    """

    name: str
    description: dict[str, Any]
    module: Callable[[], nn.Module]
    loss: Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
    x: np.ndarray
    y: np.ndarray
    wanted: float
    chunks: tuple[int, ...]
    rounds: int


def main() -> None:
    torch.set_num_threads(1)
    rows = []
    for work in (_mlp(), _cnn()):
        ours, theirs = _Ours(work), _Theirs(work)
        if not np.allclose(ours.losses(), theirs.losses(), rtol=1e-3, atol=1e-5):
            raise SystemExit(f"{work.name}: the two surfaces differ")
        theirs.find_chunk()
        times = [[], []]
        for _ in range(work.rounds):
            for side, taken in zip((ours, theirs), times, strict=True):
                start = time.perf_counter()
                side.losses()
                taken.append(time.perf_counter() - start)
        mine, other = map(statistics.median, times)
        rows.append(
            (
                work.name,
                f"{1000 * mine:,.1f} ms",
                f"{1000 * work.wanted:g} ms",
                f"{1000 * quantile(ours.slices, 0.99):.1f} ms",
                f"{1000 * other:,.0f} ms, {theirs.chunk} at once",
                f"{other / mine:.1f}×",
                f"{WANTED_RATIO:g}×",
            )
        )
    print_table(
        (
            *("surface of 41 × 41, 1 thread", "NumPy engine", "wanted", "slice p99"),
            *("PyTorch vmap", "ratio", "wanted"),
        ),
        rows,
    )


def _mlp() -> Work:
    rng = np.random.default_rng(0)
    x = rng.standard_normal((1000, 2)).astype(np.float32)
    dense, tanh = {"kind": "dense"}, {"kind": "tanh"}
    layers = [{**dense, "units": 8}, tanh, {**dense, "units": 8}, tanh, {**dense, "units": 1}]
    return Work(
        name="MLP 2-8-8-1 tanh, 1 000 points",
        description={"input": [2], "layers": layers, "loss": "mean_squared_error"},
        module=lambda: nn.Sequential(
            *(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 8), nn.Tanh(), nn.Linear(8, 1))
        ),
        loss=nn.functional.mse_loss,
        x=x,
        y=np.sin(2 * x[:, :1] * x[:, 1:]),
        wanted=0.06,
        chunks=(8, 41, 205, SIDE * SIDE),
        rounds=15,
    )


def _cnn() -> Work:
    rng = np.random.default_rng(0)
    conv, relu, pool = {"kind": "conv2d", "size": 3}, {"kind": "relu"}, {"kind": "max_pool2d"}
    layers = [
        *({**conv, "filters": 8}, relu, pool, {**conv, "filters": 16}, relu, pool),
        *({"kind": "flatten"}, {"kind": "dense", "units": 10}, {"kind": "softmax"}),
    ]
    return Work(
        name="conv3×3×8-pool-conv3×3×16-pool-dense10, 256 images of 8×8",
        description={"input": [1, 8, 8], "layers": layers, "loss": "categorical_cross_entropy"},
        module=lambda: nn.Sequential(
            *(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(8, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Flatten(), nn.Linear(64, 10)),
        ),
        loss=nn.functional.cross_entropy,
        x=rng.random((256, 1, 8, 8), np.float32),
        y=rng.integers(0, 10, 256),
        wanted=0.8,
        chunks=(1, 4, 16, 41),
        rounds=7,
    )


class _Ours:
    """A grid, coarse first, in slices as a worker takes them."""

    def __init__(self, work: Work) -> None:
        self.network = Network(work.description, rng=np.random.default_rng(1))
        self.directions = random_directions(self.network, rng=np.random.default_rng(2))
        self._evaluator = Evaluator(self.network, work.x, work.y)
        self.slices: list[float] = []

    def losses(self) -> np.ndarray:
        bounds = {"a_bounds": (-REACH, REACH), "b_bounds": (-REACH, REACH)}
        grid = Grid(self._evaluator, self.network.theta, self.directions, **bounds)
        more = True
        while more:
            start = time.process_time()  # what else the machine does is no fault of the slice
            more = grid.advance()
            self.slices.append(time.process_time() - start)
        return grid.losses


class _Theirs:
    """The same points as PyTorch's documentation of `vmap` evaluates many models at once."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._module = work.module()
        ours = _Ours(work)
        network = ours.network
        named = [network.named(one) for one in (network.theta, *ours.directions)]
        self._names = [name for name, _ in self._module.named_parameters()]
        # ours and theirs hold the same parameters in the same order
        self._planes = [
            [torch.from_numpy(np.ascontiguousarray(one[name])) for one in named]
            for name in network.parameters()
        ]
        self._x, self._y = torch.from_numpy(work.x), torch.from_numpy(np.ascontiguousarray(work.y))
        axis = torch.linspace(-REACH, REACH, SIDE)
        self._b, self._a = (one.reshape(-1) for one in torch.meshgrid(axis, axis, indexing="ij"))
        self.chunk = work.chunks[0]

    def losses(self) -> np.ndarray:
        """Return the losses, of shape (rows, columns)."""
        with torch.no_grad():
            mapped = vmap(self._loss, chunk_size=self.chunk)
            return mapped(self._a, self._b).reshape(SIDE, SIDE).numpy()

    def _loss(self, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        parameters = {
            name: center + a * first + b * second
            for name, (center, first, second) in zip(self._names, self._planes, strict=True)
        }
        outputs = functional_call(self._module, parameters, (self._x,))
        return self._work.loss(outputs, self._y)

    def find_chunk(self) -> None:
        """Choose the chunk that takes the least time."""
        seconds = {}
        for chunk in self._work.chunks:
            self.chunk = chunk
            start = time.perf_counter()
            self.losses()
            seconds[chunk] = time.perf_counter() - start
        self.chunk = min(seconds, key=lambda chunk: seconds[chunk])


if __name__ == "__main__":
    main()
