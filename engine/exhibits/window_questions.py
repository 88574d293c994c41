"""Predictions about a sliding window, answered from its numbers."""

from engine.errors import InvalidValueError
from engine.exhibits.questions import Solution
from engine.explain import tex
from engine.explain.sliding import SlidingWindow
from engine.explain.sliding_ledgers import WindowLedgers
from engine.nn.correlate import turned


def next_number(m: SlidingWindow) -> Solution:
    """Answer what the next number of the feature map will be."""
    if m.known >= m.sliding.count:
        raise InvalidValueError(
            f"next: the window has made all {m.sliding.count} numbers; go back a few steps"
        )
    ahead = m.ahead()
    row, column = ahead.place
    value = float(m.whole[m.looked_at, row, column])
    ledger = WindowLedgers(ahead).ledger("y", ahead.y.index((m.looked_at, row, column)))
    counted = [term for term in ledger.terms if term.value]
    shown = " + ".join(tex.product(term).replace(r" \cdot ", "·") for term in counted[:9])
    more = " + …" if len(counted) > 9 or ledger.rest.value else ""
    text = f"Row {row + 1}, column {column + 1}: {shown or 'every product is 0, so 0'}{more}"
    tolerance = 1e-6 if value == round(value) else 0.005 * max(1.0, abs(value))
    return Solution(value, f"{text} = {_number(value)}." if shown else f"{text}.", tolerance)


def shape(m: SlidingWindow) -> Solution:
    """Answer how many rows and columns the feature map has."""
    sliding = m.sliding
    lines = [
        f"{name}: ⌊({one.length} + {one.before + one.after} − {one.extent}) / {one.stride}⌋ + 1 "
        f"= {one.count}"
        for name, one in (("rows", sliding.rows), ("columns", sliding.columns))
    ]
    answer = f"{sliding.rows.count}×{sliding.columns.count}"
    return Solution(answer, f"{'; '.join(lines)}.")


def weights(m: SlidingWindow) -> Solution:
    """Answer how many parameters the filters have."""
    filters, channels, size, _ = m.kernels.shape
    many = filters * (channels * size * size + 1)
    return Solution(
        many,
        f"{filters} · ({channels} · {size} · {size} + 1) = {many}: each filter has a weight for "
        "every cell of its window in every channel, and one bias.",
    )


def maps(m: SlidingWindow) -> Solution:
    """Answer how many maps the filters make of the picture's channels."""
    filters, channels = m.kernels.shape[:2]
    return Solution(
        filters,
        f"One map for each filter, so {filters}: the sums of the {channels} channels are added "
        "up to one number.",
    )


def flipping(m: SlidingWindow) -> Solution:
    """Answer whether turning the kernel changes it."""
    same = bool((turned(m.kernels[0]) == m.kernels[0]).all())
    text = (
        "Turned by 180° this kernel is itself, so both give the same map."
        if same
        else "Turned by 180° this kernel is another one, so the maps differ."
    )
    return Solution("same" if same else "other", text)


def _number(value: float) -> str:
    return f"{value:.6g}".replace("-", "−")
