"""A window slides over a picture, one number at a time; or gradient descent finds its kernel.

Longer than other files: an exhibit is one file, and this one declares eighteen controls.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, cast

import numpy as np

from engine.data.library import Library
from engine.errors import InvalidValueError
from engine.exhibits import window_questions
from engine.exhibits.contract import Event, Exhibit
from engine.exhibits.controls import Choice, Option, Slider, Toggle, Value
from engine.exhibits.filtered_photo import ARRAYS as PHOTO_ARRAYS
from engine.exhibits.filtered_photo import FilteredPhoto
from engine.exhibits.flipping import ARRAYS as FLIP_ARRAYS
from engine.exhibits.flipping import Flipping
from engine.exhibits.kernel_search import ARRAYS as SEARCH_ARRAYS
from engine.exhibits.kernel_search import KernelSearch
from engine.exhibits.kernels import FIRST_OWN, KERNELS, LARGEST, OPTIONS, fit, read_kernel
from engine.exhibits.pictures import Pictures
from engine.exhibits.questions import judge
from engine.exhibits.training import training_controls
from engine.explain.ledger import Ledger
from engine.explain.sliding import ARRAYS as WINDOW_ARRAYS
from engine.explain.sliding import SlidingWindow
from engine.explain.sliding_ledgers import WindowLedgers
from engine.nn.correlate import Border, Sliding
from engine.snapshot import Array, Snapshot, freeze

MOST_FILTERS = 4

OWN = "own"

_RATE, _OPTIMIZER = training_controls(learning_rate=0.1)[:2]
SEARCH_CONTROLS = (
    replace(_RATE, advanced=True),
    # on photographs plain descent diverges at a rate at which this one arrives
    replace(cast(Choice, _OPTIMIZER), default="momentum", advanced=True),
)
"""How the kernel is learned."""

CONTROLS = (
    Choice(
        name="input",
        label="Input",
        help="The picture that the window slides over.",
        options=(
            Option("figure", "7×7 figure"),
            Option("greys", "5×5 grey levels"),
            Option("digit", "A handwritten digit"),
            Option("colours", "6×6 in three colours"),
            Option("scene", "A picture, 256×256"),
            Option("drawing", "Your drawing"),
            Option("photo", "Your photograph"),
        ),
        default="figure",
        effect="reset",
    ),
    Choice(
        name="kernel",
        label="Kernel",
        help="The weights that are laid on the picture.",
        options=(Option(OWN, "Your own"), *OPTIONS),
        default=OWN,
        effect="view",
    ),
    Slider(
        name="stride",
        label="Stride",
        help="How many pixels the window moves at a time.",
        low=1,
        high=4,
        default=1,
        step=1,
        integer=True,
        effect="view",
    ),
    Choice(
        name="padding",
        label="Padding",
        help="Whether the window may reach over the picture's border.",
        options=(
            Option("none", "none"),
            Option("same", "same: as many as it takes to keep the size"),
            Option("n", "n pixels on each side"),
        ),
        default="none",
        effect="view",
    ),
    Toggle(
        name="flip",
        label="Flip kernel (true convolution)",
        help="Turns the kernel by 180° before it is laid on the picture.",
        effect="view",
    ),
    Choice(
        name="mode",
        label="What happens",
        help="The window slides with the kernel given, or the kernel is learned.",
        options=(Option("slide", "the window slides"), Option("learn", "the kernel is learned")),
        default="slide",
        effect="reset",
        advanced=True,
    ),
    Slider(
        name="kernel_size",
        label="Size of your own kernel",
        help="The side of the square of weights.",
        low=1,
        high=LARGEST,
        default=3,
        step=1,
        integer=True,
        effect="view",
        advanced=True,
    ),
    Slider(
        name="padding_size",
        label="Padding n",
        help="How many pixels are put on each side, with padding n.",
        low=0,
        high=12,
        default=1,
        step=1,
        integer=True,
        unit="px",
        effect="view",
        advanced=True,
    ),
    Choice(
        name="border",
        label="Padded with",
        help="What stands in the padding.",
        options=(
            Option("zeros", "zeros"),
            Option("edge", "the outermost pixels"),
            Option("mirror", "the mirror image"),
        ),
        default="zeros",
        effect="view",
        advanced=True,
    ),
    Slider(
        name="dilation",
        label="Dilation",
        help="How far two neighbouring weights are apart on the picture.",
        low=1,
        high=3,
        default=1,
        step=1,
        integer=True,
        effect="view",
        advanced=True,
    ),
    Slider(
        name="bias",
        label="Bias",
        help="A number that is added to every sum.",
        low=-10,
        high=10,
        default=0,
        step=0.5,
        effect="view",
        advanced=True,
    ),
    Slider(
        name="filters",
        label="Filters",
        help="How many kernels there are; each makes a map of its own.",
        low=1,
        high=MOST_FILTERS,
        default=1,
        step=1,
        integer=True,
        effect="view",
        advanced=True,
    ),
    Slider(
        name="filter",
        label="Filter looked at",
        help="The filter whose products are shown.",
        low=1,
        high=MOST_FILTERS,
        default=1,
        step=1,
        integer=True,
        effect="view",
        advanced=True,
    ),
    Toggle(
        name="colour",
        label="Keep the colours",
        help="Three channels, red, green and blue, where the picture is a photograph.",
        effect="reset",
        advanced=True,
    ),
    Choice(
        name="detail",
        label="Pixels with numbers",
        help="The longest side of a photograph when its numbers are looked at.",
        options=(Option("16", "16"), Option("32", "32"), Option("64", "64")),
        default="32",
        effect="reset",
        advanced=True,
    ),
    Choice(
        name="target",
        label="Kernel to find",
        help="The kernel with which the target was made.",
        options=OPTIONS,
        default="sobel_x",
        effect="reset",
        advanced=True,
    ),
    *SEARCH_CONTROLS,
)

GEOMETRY = ("kernel", "kernel_size", "stride", "dilation", "padding", "padding_size", "border")
"""What decides where the window can stand; an error names the first of them that was changed."""

QUESTIONS = {
    "next": window_questions.next_number,
    "shape": window_questions.shape,
    "weights": window_questions.weights,
    "maps": window_questions.maps,
    "flipping": window_questions.flipping,
}


class ConvolutionRun:
    """Window positions, one a step; or steps of gradient descent.

    In the first mode the position of the window is all that moves: the picture, the kernel and
    how it is laid on are only looked at, and what is known so far follows them at once.

    Parameters
    ----------
    values : mapping of str to value
        Checked, complete control values.
    seed : int
        Of the kernel's first weights when it is learned.
    library : Library

    Raises
    ------
    InvalidValueError
        If the values do not go together; the text begins with the control that is to blame.
    """

    def __init__(self, values: Mapping[str, Value], seed: int, library: Library) -> None:
        self._values = dict(values)
        self._seed = seed
        self._pictures = Pictures(library)
        self._own = FIRST_OWN
        self._position = 0
        self._search: KernelSearch | None = None
        self._window: SlidingWindow
        self._photo: FilteredPhoto | None
        if values["mode"] == "learn":
            self._begin_search(self._pictures.numbers(values))
        else:
            self._lay(values, self._own, *GEOMETRY)

    @property
    def position(self) -> int:
        """How many numbers of the map are known, or how many steps of descent have been made."""
        return self._search.position if self._search else self._position

    @property
    def length(self) -> int | None:
        """How many positions the window has; None while a kernel is learned."""
        return None if self._search else self._window.sliding.count

    def step(self) -> tuple[Event, ...]:
        """Make one number of the map, or one step of descent."""
        if self._search:
            return self._search.step()
        self._stand(self._position + 1)
        return ()

    def scalars(self) -> dict[str, float]:
        """Return the loss and the distance of a search; a window has no course to draw."""
        return self._search.scalars() if self._search else {}

    def snapshot(self, names: Collection[str] | None = None) -> Snapshot:
        """Return the picture, the kernel, the map so far, or the search; the others are empty."""
        wanted = [name for name in EXHIBIT.publishes if names is None or name in names]
        arrays = {name: np.zeros(0, np.float32) for name in wanted}
        if self._search:
            arrays |= self._search.arrays(wanted)
        else:
            arrays |= self._window.arrays(wanted)
            arrays |= self._photo.arrays(wanted) if self._photo else {}
            arrays |= Flipping(self._picture).arrays(wanted)
        return freeze(self.position, self._sizes() | self.scalars(), arrays)

    def ledger(self, tensor: str, index: tuple[int, ...], *, page: int = 0) -> Ledger:
        """Return how a number came about."""
        if self._search:
            return self._search.ledger(tensor, index, page=page)
        if self._photo and tensor.startswith("photo"):
            return self._photo.ledger(tensor, index, page=page)
        if tensor.startswith("flip."):
            return Flipping(self._picture).ledger(tensor, index, page=page)
        return WindowLedgers(self._window).ledger(tensor, index, page=page)

    def set(self, values: Mapping[str, Value]) -> None:
        """Change how the kernel is laid on the picture, or how it is learned."""
        if self._search:
            self._values |= values
            self._search.set(values)
        else:
            self._lay({**self._values, **values}, self._own, *values)

    def act(self, name: str, args: Mapping[str, Any]) -> tuple[Event, ...]:
        """Take a picture (`photo`, `picture`) or weights (`kernel`), or `judge` a prediction."""
        if name == "judge":
            if self._search:
                raise InvalidValueError("judge: the questions are about the window that slides")
            asked = {key: partial(answer, self._window) for key, answer in QUESTIONS.items()}
            return (judge(asked, args),)
        if name == "kernel":
            own = read_kernel(args)
            if not self._search:
                self._lay(self._values, own, "kernel_size")
            self._own = own
        else:
            before = self._pictures.copy()
            self._pictures.take(name, args)
            try:
                self._see_picture()
            except InvalidValueError:
                self._pictures = before
                raise
        return ()

    def save(self) -> dict[str, Array]:
        """Return where the window stands, or the state of the search and what it learns from."""
        if self._search:
            return {**self._search.save(), "picture": self._picture}
        return {"position": np.array(self._position)}

    def load(self, state: Mapping[str, Array]) -> None:
        """Go back to a saved state."""
        if self._search is None:
            self._stand(min(int(state["position"]), self._window.sliding.count))
            return
        # at step 0 a picture may have come after the state was saved
        if int(state["places"][0]) > 0 and not np.array_equal(state["picture"], self._picture):
            self._begin_search(state["picture"])
        self._search.load(state)

    def _sizes(self) -> dict[str, float]:
        """Return the sizes of all that is on the stage."""
        if self._search:
            return {}
        photo = self._photo.scalars() if self._photo else {}
        return self._window.scalars() | photo | {"edited": float(self._edited)}

    def _stand(self, position: int) -> None:
        self._position = position
        self._window = replace(self._window, known=position)

    def _see_picture(self) -> None:
        """Take note that another picture may be there now."""
        picture = self._pictures.numbers(self._values)
        if self._search is None:
            self._lay(self._values, self._own, "input")
        elif not np.array_equal(picture, self._picture):
            if self._search.position:
                raise InvalidValueError(
                    "picture: the kernel is being learned from the picture as it was; "
                    "go back to step 0 to change it"
                )
            self._begin_search(picture)

    def _begin_search(self, picture: Array) -> None:
        try:
            self._search = KernelSearch(picture, self._values, self._seed)
        except InvalidValueError as error:
            raise InvalidValueError(f"target: {error}") from None
        self._picture = picture

    def _lay(self, values: Mapping[str, Value], own: Array, *changed: str) -> None:
        """Lay the kernel on the picture as `values` say; if that is impossible, nothing changes."""
        picture, photo = self._pictures.numbers(values), self._pictures.photo(values)
        filters, flip = int(values["filters"]), bool(values["flip"])
        kernels = _kernels(values, own, filters, len(picture))
        biases = np.full(filters, values["bias"], np.float32)
        looked_at = min(int(values["filter"]), filters) - 1
        try:
            sliding = _sliding(values, picture, kernels.shape[-1])
            whole = None if photo is None else _sliding(values, photo, kernels.shape[-1])
        except InvalidValueError as error:
            culprit = next((name for name in GEOMETRY if name in changed), "input")
            raise InvalidValueError(f"{culprit}: {error}") from None
        self._values, self._own, self._picture = dict(values), own, picture
        self._edited = self._pictures.is_edited(values)
        self._position = min(self._position, sliding.count)
        self._window = SlidingWindow(
            sliding,
            picture,
            kernels,
            biases,
            flip=flip,
            known=self._position,
            looked_at=looked_at,
            pixel_note=self._pictures.note(values),
            kernel_note=_note(values),
        )
        self._photo = None
        if photo is not None and whole is not None:
            self._photo = FilteredPhoto(photo, whole, self._window)


def _kernels(values: Mapping[str, Value], own: Array, filters: int, channels: int) -> Array:
    """Return the kernels of shape (filters, channels, size, size) that `values` ask for."""
    name = str(values["kernel"])
    if name == OWN:
        return fit(own, filters, channels, int(values["kernel_size"]))
    kernel = KERNELS[name]
    return fit(kernel[None, None], filters, channels, len(kernel))


def _sliding(values: Mapping[str, Value], picture: Array, size: int) -> Sliding:
    padding = values["padding"]
    return Sliding(
        (picture.shape[1], picture.shape[2]),
        size,
        stride=int(values["stride"]),
        dilation=int(values["dilation"]),
        padding=int(values["padding_size"]) if padding == "n" else str(padding),
        border=cast(Border, values["border"]),
    )


def _note(values: Mapping[str, Value]) -> str:
    name = str(values["kernel"])
    label = next((option.label for option in OPTIONS if option.value == name), "")
    return f"a weight of the kernel “{label}”" if label else "a weight that you can change"


EXHIBIT = Exhibit(
    slug="convolution",
    title="Convolution, one number at a time",
    hall="vision",
    promise="You will be able to compute a convolution by hand, to say what size comes out, and "
    "why networks use it.",
    controls=CONTROLS,
    publishes=(*WINDOW_ARRAYS, *PHOTO_ARRAYS, *FLIP_ARRAYS, *SEARCH_ARRAYS),
    build=ConvolutionRun,
    view_actions=("photo", "picture", "kernel"),
    questions=("judge",),
    history=("loss",),
    gradual=("y",),
    seeded=False,
    rate=5.0,
)
