"""A moment of an opened step as a message: part of a frame's header."""

from itertools import groupby
from typing import Any

from app.ledgers import set_formula
from engine.explain.inside import Inside
from engine.slow import SlowMotion


def moment_message(slow: SlowMotion) -> dict[str, Any] | None:
    """Return what a frame says of the moment that it shows; None if it shows a whole step.

    `index` and `count` (of the step's moments), `phase`, `caption`, `mathml` (empty without a
    formula), `code` (NumPy; may be empty) and the tensors of its `names`, `tensors` (computed by
    this very moment), `made` and `pending` (by it or before, in order; and after it), `phases` (the
    number of moments of each, in order), and `sample`: the `place` in the minibatch of the one on
    the stage, of how many, and its `number` in the training set.
    """
    opened = None if slow.moment is None else slow.open_step()
    if slow.moment is None or opened is None:
        return None
    moment = opened.moment(slow.moment)
    inside = Inside(opened, slow.moment, slow.sample)
    return {
        "index": slow.moment,
        "count": len(opened),
        "phase": moment.phase,
        "caption": moment.caption,
        "mathml": set_formula(moment.formula, moment.symbols) if moment.formula else "",
        "code": moment.code,
        "names": dict(moment.names),
        "tensors": list(moment.tensors),
        "made": list(inside.made),
        "pending": list(inside.pending),
        "phases": [
            [phase, len(list(parts))] for phase, parts in groupby(one.phase for one in opened.parts)
        ],
        "sample": {
            "place": inside.sample,
            "of": len(opened.samples),
            "number": int(opened.samples[inside.sample]),
        },
    }
