"""What a training needs beside the network: minibatches, and how a loss is written."""

from decimal import ROUND_HALF_UP, Context, Decimal

import numpy as np


def next_batch(place, size, count, seed):
    """Return where the next minibatch lies, and which samples it takes.

    Each epoch has an order of its own, drawn from (seed, 1, epoch). What is left of an epoch after
    its last whole minibatch is left out.
    """
    epoch, start = place
    if start + size > count:
        epoch, start = epoch + 1, 0
    order = np.random.default_rng([seed, 1, epoch]).permutation(count)
    return (epoch, start + size), order[start : start + size]


def shown(loss):
    """Write a loss as the page does: three significant digits, fewer if they say it all."""
    number = float(np.float32(loss))
    if not np.isfinite(number):
        return "not a number" if np.isnan(number) else "infinity"
    if number == int(number) and number < 1e6:
        return str(int(number))
    three = Context(prec=3, rounding=ROUND_HALF_UP).create_decimal_from_float(number)
    if float(three) == number:
        three = three.normalize()
    if not 1e-4 <= number < 1e6:
        return f"{three:e}".replace("e+", "e")
    if number >= 999.5:
        return str(Decimal(number).quantize(Decimal(1), ROUND_HALF_UP))
    return f"{three:f}"
