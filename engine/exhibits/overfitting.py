"""Overfitting: few points, a large network, and beside it the same one with something against it.

Both begin with the same weights and learn from the same points, one step of all points at a time.
A step that is early enough would have been a good one to stop at: so the best is remembered.
"""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from engine.data.library import Library
from engine.errors import InvalidValueError
from engine.exhibits.contract import Event, Exhibit
from engine.exhibits.controls import Value
from engine.exhibits.overfitting_controls import CONTROLS, SIDES, WITH, WITHOUT
from engine.exhibits.overfitting_side import Side
from engine.exhibits.points import MOST_SAMPLES, Points, open_points
from engine.exhibits.questions import Solution, judge
from engine.explain.ledger import Ledger
from engine.explain.nudge import read_nudge
from engine.explain.simple import given
from engine.nn.cohort import Cohort
from engine.nn.regions import around
from engine.snapshot import Array, Snapshot, freeze

VALIDATION = 100
"""Points that neither network ever learns from."""

LATER = 400
"""How many steps are made for a prediction, from the first one."""

CALLED = {WITHOUT: "the first network", WITH: "the second network"}

FIXED = {
    "validation.x": "A coordinate of a validation point: neither network learns from it.",
    "validation.y": "The class of a validation point.",
}
"""Numbers that nothing computes."""

BEST = {
    "step": "The step, up to this one, after which the validation loss was the least.",
    "loss": "The least validation loss up to this step: that of the best step.",
}

EACH = (
    *("points.x", "points.y", "loss", "train.loss", "valid.loss", "train.right", "valid.right"),
    *("gap", "squares", "penalty", "regions.x1", "regions.x2", "regions.p"),
    *("dense1.x", "dense1.W", "act1.a", "sigmoid.a", *(f"best.{short}" for short in BEST)),
)
"""What is published of both networks whatever the layers."""


class OverfittingRun:
    """Two networks that learn from a few points, one step at a time, from the same seed.

    Parameters
    ----------
    values : mapping of str to value
        Checked, complete control values.
    seed : int
        Of the points, the initial weights, dropout and the noise.
    library : Library
    """

    length = None

    def __init__(self, values: Mapping[str, Value], seed: int, library: Library) -> None:
        self._values = dict(values)
        self._again = seed, library
        sets = _open(values, seed, library)
        validation = sets[WITHOUT].validation
        assert validation is not None
        self._validation = validation
        axes = _square([validation.x, *(one.train.x for one in sets.values())])
        self._sides = {
            name: Side(name, values, seed, train=one.train, validation=validation, axes=axes)
            for name, one in sets.items()
        }
        self._cohort = Cohort({name: one.trainer for name, one in self._sides.items()})
        self._best = {
            name: {"step": 0.0, "loss": one.losses["valid"]} for name, one in self._sides.items()
        }
        self._told = dict.fromkeys(SIDES, False)
        self.set(values)
        self._questions = {
            "lower": self._lower,
            "turn": self._turn,
            "pull": self._pull,
            "kept": self._kept,
        }

    @property
    def position(self) -> int:
        """How many steps both have made."""
        return self._cohort.index

    def step(self) -> tuple[Event, ...]:
        """Let both learn from all their points once; say so when it is time to stop."""
        self._cohort.step()
        events = []
        patience = int(self._values["patience"])
        for name, side in self._sides.items():
            side.measure()
            best = self._best[name]
            if side.losses["valid"] < best["loss"]:
                best |= {"step": float(self.position), "loss": side.losses["valid"]}
                self._told[name] = False
            waited = self.position - best["step"]
            if patience and waited >= patience and not self._told[name]:
                self._told[name] = True
                found = {"network": name, "best": int(best["step"]), "loss": best["loss"]}
                found |= {"step": self.position, "now": side.losses["valid"]}
                events.append(Event("early", found, pauses=True))
        return tuple(events)

    def scalars(self) -> Mapping[str, float]:
        """Return `<network>_train` and `<network>_valid`: the losses, without penalty."""
        return {
            f"{name}_{part}": side.losses[part]
            for name, side in self._sides.items()
            for part in ("train", "valid")
        }

    def snapshot(self, names: Collection[str] | None = None) -> Snapshot:
        """Return the points, both networks, and what they say of the plane."""
        found = {**self._fixed(), **self._bests()}
        if names is not None:
            found = {name: array for name, array in found.items() if name in names}
        for side in self._sides.values():
            found |= side.arrays(names)
        return freeze(self.position, self.scalars(), found)

    def ledger(self, tensor: str, index: tuple[int, ...], *, page: int = 0) -> Ledger:
        """Return how a number came about."""
        if tensor in FIXED:
            return given(tensor, self._fixed()[tensor], index, FIXED[tensor])
        bests = self._bests()
        if tensor in bests:
            return given(tensor, bests[tensor], index, BEST[tensor.rpartition(".")[2]])
        for side in self._sides.values():
            if side.has(tensor):
                return side.ledger(tensor, index, page=page)
        raise InvalidValueError(
            f"tensor: expected one of a network, with.… or without.…, got {tensor!r}"
        )

    def set(self, values: Mapping[str, Value]) -> None:
        """Change the learning rate or the patience from the next step on, or what is looked at."""
        self._values |= values
        for side in self._sides.values():
            side.example = min(int(self._values["example"]), len(self._sides[WITHOUT].train) - 1)
            if "learning_rate" in values:
                side.trainer.learning_rate = float(values["learning_rate"])
        if "patience" in values:
            self._told = dict.fromkeys(SIDES, False)

    def act(self, name: str, args: Mapping[str, Any]) -> tuple[Event, ...]:
        """Judge a prediction (`judge`), or compare a gradient with a nudged loss (`nudge`)."""
        if name == "judge":
            return (judge(self._questions, args),)
        tensor, index, eps = read_nudge(args)
        side = self._sides[WITH if tensor.startswith(f"{WITH}.") else WITHOUT]
        return (Event("nudged", asdict(side.nudge(tensor, index, eps))),)

    def save(self) -> dict[str, Array]:
        """Return the state of both trainings, and the best steps so far."""
        best = [[*self._best[name].values(), float(self._told[name])] for name in SIDES]
        return {**self._cohort.save(), "best": np.array(best)}

    def load(self, state: Mapping[str, Array]) -> None:
        """Go back to a saved state."""
        self._cohort.load(state)
        for name, (step, loss, told) in zip(SIDES, state["best"].tolist(), strict=True):
            self._best[name] = {"step": step, "loss": loss}
            self._told[name] = bool(told)
            self._sides[name].measure()

    def _fixed(self) -> dict[str, Array]:
        return {"validation.x": self._validation.x, "validation.y": self._validation.y}

    def _bests(self) -> dict[str, Array]:
        return {
            f"{name}.best.{short}": np.array(value)
            for name, best in self._best.items()
            for short, value in best.items()
        }

    def _later(self) -> tuple["OverfittingRun", dict[str, Array]]:
        """Return a run with the same settings after `LATER` steps, and its validation losses."""
        run = OverfittingRun({**self._values, "patience": 0}, *self._again)
        losses: dict[str, list[float]] = {name: [] for name in SIDES}
        for _ in range(LATER):
            run.step()
            for name, side in run._sides.items():
                losses[name].append(side.losses["valid"])
        return run, {name: np.array(one) for name, one in losses.items()}

    def _lower(self) -> Solution:
        run, _ = self._later()
        last = {name: side.losses for name, side in run._sides.items()}
        told = "; ".join(
            f"{CALLED[name]}: {one['train']:.3f} on its training points, {one['valid']:.3f} on the "
            "validation points"
            for name, one in last.items()
        )
        lower = min(SIDES, key=lambda name: last[name]["valid"])
        same = last[WITHOUT]["valid"] == last[WITH]["valid"]
        return Solution("same" if same else lower, f"After {LATER} steps, losses: {told}.")

    def _turn(self) -> Solution:
        run, losses = self._later()
        valid = losses[WITHOUT]
        best = int(valid.argmin())
        answer = "early" if best + 1 <= LATER // 4 else "late" if best + 1 < LATER else "end"
        train = run._sides[WITHOUT].losses["train"]
        return Solution(
            answer,
            f"Of the first {LATER} steps it is the least after step {best + 1}, {valid[best]:.3f}. "
            f"At step {LATER} it is {valid[-1]:.3f}, and the training loss is {train:.4f}.",
        )

    def _pull(self) -> Solution:
        side = self._sides[WITH]
        price = side.network.l2
        if not price:
            raise InvalidValueError("pull: no price is put on weights; choose L2 first")
        (row, column), W = side.greatest_weight()
        return Solution(
            price * W,
            f"λ · W = {price:g} · {W:.4g} = {price * W:.4g} at dense2.W[{row}, {column}]: it has "
            "the sign of the weight, and a step goes against it. So it pulls the weight to 0.",
            tolerance=0.02 * abs(price * W) + 5e-5,
        )

    def _kept(self) -> Solution:
        if self._values["remedy"] != "dropout":
            raise InvalidValueError("kept: no neuron is left out; choose dropout first")
        a, p = self._sides[WITH].first_activation(), float(self._values["dropout"])
        return Solution(
            a / (1 - p),
            f"It says a = {a:.4g}. Kept, it hands on a / (1 − p) = {a:.4g} / {1 - p:g} = "
            f"{a / (1 - p):.4g}; left out, 0.",
            tolerance=0.02 * abs(a / (1 - p)) + 0.005,
        )


def _square(parts: list[Array]) -> tuple[Array, Array]:
    """Return the places of a picture of all points, as wide as it is high."""
    x = np.concatenate(parts)
    middle = (x.min(axis=0) + x.max(axis=0)) / 2
    reach = float(np.abs(x - middle).max())
    return around(np.stack([middle - reach, middle + reach]))


def _open(values: Mapping[str, Value], seed: int, library: Library) -> dict[str, Points]:
    """Return the points of both networks; of more of them, the first are the same."""
    count = int(values["samples"])
    more = count * int(values["times"]) if values["remedy"] == "more" else count
    counts = {WITHOUT: count, WITH: min(more, MOST_SAMPLES)}
    return {
        name: open_points({**values, "samples": n}, seed, library, validation=VALIDATION)
        for name, n in counts.items()
    }


EXHIBIT = Exhibit(
    slug="overfitting",
    title="Learning by heart",
    hall="networks",
    promise="You will see a network learn its points by heart and get worse for it, and what a "
    "price on weights, dropout, noise, more points and stopping in time do about it.",
    controls=CONTROLS,
    publishes=(*FIXED, *(f"{name}.{short}" for name in SIDES for short in EACH)),
    families=(
        *(f"{name}.*.{short}" for name in SIDES for short in ("W", "b", "dW", "db", "z", "a")),
        *("with.*.y", "with.*.mask", "*.units.*", "thin*"),
    ),
    build=OverfittingRun,
    questions=("judge", "nudge"),
    history=tuple(f"{name}_{part}" for name in SIDES for part in ("train", "valid")),
    rate=60.0,
)
