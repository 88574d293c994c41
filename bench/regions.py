"""Training a network 2-8-8-1 whose decision regions are drawn at every step, in steps per second.

A step here is what a person who watches it gets: a minibatch of 10, the update, and what the
network says at 100 × 100 places. Three sides do the same: this engine, NumPy as a textbook writes
it, and PyTorch eager if it is installed, each on one thread, from the same weights. Rounds
alternate, so that what else the machine does falls on all; medians are compared. Before that the
regions must agree. The engine's steps also report loss and accuracy, and look whether all is
finite.
"""

import statistics
import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from bench.table import print_table
from engine.data.generated import spirals
from engine.nn.network import Network
from engine.nn.regions import CELLS, Regions, around
from engine.nn.trainer import Trainer

ROUNDS = 15
ROUND_SECONDS = 0.15
RATE = 0.1
BATCH = 10
COMPARED_STEPS = 20

DENSE, TANH = {"kind": "dense"}, {"kind": "tanh"}
DESCRIPTION = {
    "input": [2],
    "layers": [
        *({**DENSE, "units": 8}, TANH, {**DENSE, "units": 8}, TANH),
        *({**DENSE, "units": 1}, {"kind": "sigmoid"}),
    ],
    "loss": "binary_cross_entropy",
}

Parameters = Mapping[str, np.ndarray]


def main() -> None:
    data = spirals(200, rng=np.random.default_rng(0))
    x1, x2 = around(data.x)
    ours = _Ours(data, x1, x2)
    sides: dict[str, Any] = {
        "this engine": ours,
        "this engine, no regions": _Ours(data, x1, x2),
        "NumPy, as a textbook writes it": _Textbook(data, ours.parameters(), x1, x2),
    }
    torch_side = _torch_side(data, ours.parameters(), x1, x2)
    if torch_side is not None:
        sides["PyTorch eager"] = torch_side
    _compare(sides)
    steps: dict[str, Callable[[], Any]] = {name: one.picture for name, one in sides.items()}
    steps["this engine, no regions"] = sides["this engine, no regions"].learn
    speeds = _speeds(steps)
    ours_speed = speeds["this engine"]
    print_table(
        (f"2-8-8-1, batch {BATCH}, regions {CELLS} × {CELLS}", "steps/s", "this engine is"),
        [(name, f"{speed:,.0f}", f"{ours_speed / speed:.2f}×") for name, speed in speeds.items()],
    )


def _compare(sides: Mapping[str, Any]) -> None:
    """Let all train on the same minibatches; end the benchmark if their regions differ."""
    order = np.random.default_rng(1).integers(0, 200, (COMPARED_STEPS, BATCH))
    first = sides["this engine"]
    pictures = {}
    for name, side in sides.items():
        if name == "this engine, no regions":
            continue
        for batch in order:
            side.step(batch)
        pictures[name] = np.array(side.regions(), np.float64)
    for name, picture in pictures.items():
        if not np.allclose(picture, first.regions(), atol=1e-4):
            raise SystemExit(f"{name}: the regions differ from the engine's")


def _speeds(sides: Mapping[str, Callable[[], Any]]) -> dict[str, float]:
    counts = {name: _steps_in_a_round(side) for name, side in sides.items()}
    times: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(ROUNDS):
        for name, side in sides.items():
            times[name].append(_time(side, counts[name]) / counts[name])
    return {name: 1 / statistics.median(taken) for name, taken in times.items()}


def _steps_in_a_round(side: Callable[[], Any]) -> int:
    count = 10
    while (seconds := _time(side, count)) < ROUND_SECONDS / 2:
        count *= 2
    return max(1, round(count * ROUND_SECONDS / seconds))


def _time(side: Callable[[], Any], count: int) -> float:
    start = time.perf_counter()
    for _ in range(count):
        side()
    return time.perf_counter() - start


class _Ours:
    """The engine, as an exhibit uses it."""

    def __init__(self, data: Any, x1: np.ndarray, x2: np.ndarray) -> None:
        self._network = Network(DESCRIPTION, rng=np.random.default_rng(1))
        self._data = data
        self._trainer = Trainer(
            self._network, data, optimizer="sgd", learning_rate=RATE, batch_size=BATCH, seed=1
        )
        self._regions = Regions(self._network, x1, x2)

    def parameters(self) -> Parameters:
        return {name: one.copy() for name, one in self._network.parameters().items()}

    def learn(self) -> None:
        self._trainer.step()

    def picture(self) -> None:
        self._trainer.step()
        self._regions.shares()

    def regions(self) -> np.ndarray:
        return self._regions.shares()

    def step(self, batch: np.ndarray) -> None:
        """Learn from these samples; the trainer chooses its own, so this is for comparing."""
        using = self._network.at(BATCH, "comparison")
        using.forward(self._data.x[batch])
        using.loss(self._data.y[batch])
        using.backward()
        self._network.theta -= np.float32(RATE) * self._network.gradient


class _Textbook:
    """The same network in plain NumPy: whole arrays, nothing kept between two steps."""

    def __init__(self, data: Any, parameters: Parameters, x1: np.ndarray, x2: np.ndarray) -> None:
        self._x, self._y = data.x, data.y.astype(np.float32)[:, None]
        self._weights = [
            (parameters[f"dense{n}.W"].T.copy(), parameters[f"dense{n}.b"].copy())
            for n in (1, 2, 3)
        ]
        self._x1, self._x2 = x1, x2
        self._rng = np.random.default_rng(1)

    def _forward(self, x: np.ndarray) -> list[np.ndarray]:
        said = [x]
        for n, (W, b) in enumerate(self._weights, start=1):
            z = said[-1] @ W + b
            said.append(np.tanh(z) if n < len(self._weights) else 1 / (1 + np.exp(-z)))
        return said

    def step(self, batch: np.ndarray) -> None:
        said = self._forward(self._x[batch])
        delta = (said[-1] - self._y[batch]) / len(batch)
        for n in range(len(self._weights) - 1, -1, -1):
            W, b = self._weights[n]
            dW, db = said[n].T @ delta, delta.sum(axis=0)
            if n:
                delta = (delta @ W.T) * (1 - said[n] ** 2)
            self._weights[n] = W - RATE * dW, b - RATE * db

    def picture(self) -> None:
        self.step(self._rng.integers(0, len(self._x), BATCH))
        self.regions()

    def regions(self) -> np.ndarray:
        across, up = np.meshgrid(self._x1, self._x2)
        places = np.stack([across.ravel(), up.ravel()], axis=1)
        return self._forward(places)[-1].reshape(across.shape)


def _torch_side(data: Any, parameters: Parameters, x1: np.ndarray, x2: np.ndarray) -> Any:
    """Return PyTorch's side, or None where it is not installed."""
    try:
        import torch  # noqa: PLC0415  # the only side that may be missing
    except ImportError:
        print("PyTorch is not installed: compared without it.\n")
        return None
    torch.set_num_threads(1)
    return _Torch(torch, data, parameters, x1, x2)


class _Torch:
    """The same training as PyTorch's tutorials write it; the places are made once."""

    def __init__(
        self, torch: Any, data: Any, parameters: Parameters, x1: np.ndarray, x2: np.ndarray
    ) -> None:
        nn = torch.nn
        self._torch = torch
        self._module = nn.Sequential(
            *(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 8), nn.Tanh(), nn.Linear(8, 1))
        )
        with torch.no_grad():
            for theirs, ours in zip(self._module.parameters(), parameters.values(), strict=True):
                theirs.copy_(torch.from_numpy(np.ascontiguousarray(ours)))
        self._x = torch.tensor(data.x)
        self._y = torch.tensor(data.y.astype(np.float32))[:, None]
        self._loss = nn.BCEWithLogitsLoss()
        self._optimizer = torch.optim.SGD(self._module.parameters(), lr=RATE)
        across, up = np.meshgrid(x1, x2)
        self._shape = across.shape
        self._places = torch.tensor(np.stack([across.ravel(), up.ravel()], axis=1))

    def step(self, batch: np.ndarray) -> None:
        self._learn(self._torch.from_numpy(batch))

    def _learn(self, batch: Any) -> None:
        self._optimizer.zero_grad()
        self._loss(self._module(self._x[batch]), self._y[batch]).backward()
        self._optimizer.step()

    def picture(self) -> None:
        self._learn(self._torch.randint(0, len(self._x), (BATCH,)))
        self.regions()

    def regions(self) -> np.ndarray:
        with self._torch.no_grad():
            said: np.ndarray = self._torch.sigmoid(self._module(self._places)).numpy()
        return said.reshape(self._shape)


if __name__ == "__main__":
    main()
