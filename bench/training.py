"""Training steps per second, side by side with PyTorch eager on the same single thread.

Both sides make whole steps: pick the batch, forward, loss, backward, SGD update. This engine also
reports loss and accuracy of each step and looks whether all is finite; PyTorch does not. Rounds of
both alternate, so that what else the machine does falls on both; medians are compared. Before that,
both train from the same weights on the same batches, and the losses must agree.
"""

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from bench.table import print_table
from engine.data.dataset import Dataset
from engine.nn.network import Network
from engine.nn.trainer import Trainer

ROUNDS = 15
ROUND_SECONDS = 0.2
COMPARED_STEPS = 5
RATE = 0.05


@dataclass(frozen=True, kw_only=True)
class Work:
    """One network on one kind of data, for both sides.

    Attributes
    ----------
    target : float
        The ratio that is wanted at least.
    unit : {"steps", "images"}
        What is counted in a second.
    """

    name: str
    description: dict[str, Any]
    module: Callable[[], nn.Module]
    data: Dataset
    batch: int
    target: float
    unit: str


def main() -> None:
    torch.set_num_threads(1)
    rows = []
    for work in (_mlp(10), _mlp(100), _cnn(8, 3, target=4.0), _cnn(28, 5, target=1.3)):
        _compare_losses(work)
        ours, theirs, channels_last = _speeds(work)
        rows.append(
            (
                work.name,
                f"{ours:,.0f} {work.unit}/s",
                f"{theirs:,.0f}",
                f"{channels_last:,.0f}" if channels_last else "",
                f"{ours / theirs:.2f}×",
                f"{ours / channels_last:.2f}×" if channels_last else "",
                f"{work.target:g}×" if work.target else "",
            )
        )
    print_table(
        (
            *("training, 1 thread", "NumPy engine", "PyTorch", "channels last"),
            *("ratio", "to channels last", "wanted"),
        ),
        rows,
    )
    if kernels := os.environ.get("OPENBLAS_CORETYPE"):
        print(f"OPENBLAS_CORETYPE={kernels} ties NumPy's BLAS to these kernels; PyTorch is free.\n")


def _mlp(batch: int) -> Work:
    rng = np.random.default_rng(0)
    x = rng.standard_normal((1000, 2)).astype(np.float32)
    y = np.sin(2 * x[:, :1] * x[:, 1:])
    dense, tanh = {"kind": "dense"}, {"kind": "tanh"}
    layers = [{**dense, "units": 8}, tanh, {**dense, "units": 8}, tanh, {**dense, "units": 1}]
    return Work(
        name=f"MLP 2-8-8-1 tanh, batch {batch}",
        description={"input": [2], "layers": layers, "loss": "mean_squared_error"},
        module=lambda: nn.Sequential(
            *(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 8), nn.Tanh(), nn.Linear(8, 1))
        ),
        data=Dataset(x, y, ()),
        batch=batch,
        target=10.0 if batch == 10 else 0.0,
        unit="steps",
    )


def _cnn(side: int, kernel: int, *, target: float) -> Work:
    rng = np.random.default_rng(0)
    x = rng.random((1024, 1, side, side), np.float32)
    y = rng.integers(0, 10, len(x)).astype(np.int32)
    conv = {"kind": "conv2d", "size": kernel, "padding": "same"}
    relu, pool = {"kind": "relu"}, {"kind": "max_pool2d", "size": 2, "stride": 2}
    layers = [
        *({**conv, "filters": 8}, relu, pool, {**conv, "filters": 16}, relu, pool),
        *({"kind": "flatten"}, {"kind": "dense", "units": 10}, {"kind": "softmax"}),
    ]
    features = 16 * (side // 4) ** 2
    return Work(
        name=f"conv{kernel}×{kernel}×8-pool-conv{kernel}×{kernel}×16-pool-dense10, {side}×{side}",
        description={
            "input": [1, side, side],
            "layers": layers,
            "loss": "categorical_cross_entropy",
        },
        module=lambda: nn.Sequential(
            *(nn.Conv2d(1, 8, kernel, padding=kernel // 2), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(8, 16, kernel, padding=kernel // 2), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Flatten(), nn.Linear(features, 10)),
        ),
        data=Dataset(x, y, tuple("0123456789")),
        batch=32,
        target=target,
        unit="images",
    )


def _compare_losses(work: Work) -> None:
    """Train both from the same weights on the same batches; end the benchmark if they differ."""
    trainer = _trainer(work)
    module = work.module()
    ours = list(trainer.network.parameters().values())
    with torch.no_grad():
        for theirs, parameter in zip(module.parameters(), ours, strict=True):
            theirs.copy_(torch.from_numpy(parameter.copy()))
    side = _TorchTrainer(work, module)
    for step, _ in zip(trainer.steps(), range(COMPARED_STEPS), strict=False):
        loss = side.step(torch.from_numpy(step.batch.copy()))
        if not np.isclose(step.loss, loss.item(), rtol=1e-3):
            raise SystemExit(f"{work.name}: loss {step.loss} here, {loss.item()} in PyTorch")


def _speeds(work: Work) -> tuple[float, float, float]:
    """Return what each side does in a second; for pictures also PyTorch with channels last."""
    steps = _trainer(work).steps()
    sides: list[Callable[[], Any]] = [lambda: next(steps), _TorchTrainer(work, work.module()).next]
    if work.data.x.ndim == 4:
        sides.append(_TorchTrainer(work, work.module(), channels_last=True).next)
    counts = [_steps_in_a_round(side) for side in sides]
    times: list[list[float]] = [[] for _ in sides]
    for _ in range(ROUNDS):
        for side, count, taken in zip(sides, counts, times, strict=True):
            taken.append(_time(side, count) / count)
    each = work.batch if work.unit == "images" else 1
    speeds = [each / statistics.median(taken) for taken in times]
    return speeds[0], speeds[1], speeds[2] if len(speeds) > 2 else 0.0


def _steps_in_a_round(side: Callable[[], Any]) -> int:
    """Warm up, and return how many steps fill a round."""
    count = 10
    while (seconds := _time(side, count)) < ROUND_SECONDS / 2:
        count *= 2
    return max(1, round(count * ROUND_SECONDS / seconds))


def _time(side: Callable[[], Any], count: int) -> float:
    start = time.perf_counter()
    for _ in range(count):
        side()
    return time.perf_counter() - start


def _trainer(work: Work) -> Trainer:
    network = Network(work.description, rng=np.random.default_rng(1))
    return Trainer(
        network, work.data, optimizer="sgd", learning_rate=RATE, batch_size=work.batch, seed=1
    )


class _TorchTrainer:
    """The same training as PyTorch's tutorials write it."""

    def __init__(self, work: Work, module: nn.Module, *, channels_last: bool = False) -> None:
        self._batch = work.batch
        self._x = torch.tensor(work.data.x)
        self._y = torch.tensor(work.data.y)
        self._module = module
        if channels_last:
            self._x = self._x.to(memory_format=torch.channels_last)
            self._module = module.to(memory_format=torch.channels_last)
        classes = bool(work.data.classes)
        self._y = self._y.long() if classes else self._y
        self._loss = nn.CrossEntropyLoss() if classes else nn.MSELoss()
        self._optimizer = torch.optim.SGD(module.parameters(), lr=RATE)
        self._order = torch.randperm(len(self._x))
        self._taken = 0

    def next(self) -> None:
        if self._taken + self._batch > len(self._x):
            self._order = torch.randperm(len(self._x))
            self._taken = 0
        self.step(self._order[self._taken : self._taken + self._batch])
        self._taken += self._batch

    def step(self, batch: torch.Tensor) -> torch.Tensor:
        self._optimizer.zero_grad()
        loss: torch.Tensor = self._loss(self._module(self._x[batch]), self._y[batch])
        loss.backward()
        self._optimizer.step()
        return loss.detach()


if __name__ == "__main__":
    main()
