"""The lowest place of a ground that is known: what a race is measured by."""

import numpy as np

from engine.landscape.ground import Ground
from engine.landscape.surface import grid
from engine.snapshot import Array

SIDE = 61
CANDIDATES = 4
NEWTON_STEPS = 30


def lowest_known(ground: Ground) -> float:
    """Return the lowest J found within what is drawn of a ground of two variables.

    Looks at a grid, and from its lowest few places goes on by Newton's method, halving each step
    until it goes down. That is good enough for a finishing line; it proves nothing.

    Raises
    ------
    InvalidValueError
        If the ground has another number of variables.
    """
    xs, ys, J = grid(ground, n=SIDE)
    flat = np.where(np.isfinite(J), J, np.inf).ravel()
    best = float(flat.min())
    for at in np.argsort(flat, kind="stable")[:CANDIDATES]:
        row, column = divmod(int(at), SIDE)
        best = min(best, _descend(ground, np.array([xs[column], ys[row]])))
    return best


def _descend(ground: Ground, w: Array) -> float:
    low, high = np.array(ground.bounds).T
    J = float(ground.value(w))
    for _ in range(NEWTON_STEPS):
        slope, bend = ground.gradient(w), ground.hessian(w)
        if not (np.isfinite(slope).all() and np.isfinite(bend).all()):
            break
        step = np.linalg.lstsq(bend, -slope, rcond=None)[0]
        if step @ slope > 0:  # uphill, where it curves the other way
            step = -slope
        for _ in range(40):
            there = np.clip(w + step, low, high)
            value = float(ground.value(there))
            if value < J:
                break
            step = step / 2
        else:
            break
        w, J = there, value
    return J
