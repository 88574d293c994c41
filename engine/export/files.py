"""Every file that a run can be taken away as."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np

from engine.errors import InvalidValueError
from engine.export.archive import Work, compact, smallest_whole, write_npz, write_zip
from engine.export.notebook import notebook
from engine.export.numpy_script import numpy_sections
from engine.export.recipe import Story
from engine.export.torch_script import torch_sections
from engine.export.writing import script
from engine.nn.losses import Targets
from engine.snapshot import Array


@dataclass(frozen=True, kw_only=True)
class Material:
    """What files are made of: copies, or what nobody changes.

    Attributes
    ----------
    name : str
        What files are called where there is no story.
    story : Story or None
        None for an exhibit that trains nothing.
    course : mapping of str to ndarray of shape (steps + 1,)
        Each scalar that is recorded, by step; NaN where it was not measured.
    arrays : mapping of str to ndarray
        What is on the stage.
    """

    name: str
    story: Story | None
    course: Mapping[str, Array]
    arrays: Mapping[str, Array]

    @property
    def told(self) -> Story:
        """The story; raises `InvalidValueError` if there is none."""
        if self.story is None:
            raise InvalidValueError("code: this exhibit trains nothing that a script could repeat")
        return self.story


@dataclass(frozen=True, slots=True)
class File:
    """A file to be taken away.

    Attributes
    ----------
    name, media_type : str
    content : bytes
    """

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Kind:
    """One kind of file.

    Attributes
    ----------
    name : str
        Its file name; `{name}` is the run's.
    media_type : str
    make : callable of Material -> Work
    needs : {"story", "course", "arrays"}
        What there must be of the material.
    """

    name: str
    media_type: str
    make: Callable[[Material], Work]
    needs: str = "story"


def make_file(kind: str, material: Material) -> "Making":
    """Make a file of a kind in `KINDS`; yields now and then, returns the `File`.

    Raises
    ------
    InvalidValueError
        If there is no such kind, or the run cannot be told so.
    TooLargeError
        If it would be too large.
    """
    if kind not in KINDS:
        raise InvalidValueError(f"export: expected one of {', '.join(KINDS)}, got {kind!r}")
    return Making(KINDS[kind], material)


class Making:
    """A file being made, a bit at a time."""

    def __init__(self, kind: Kind, material: Material) -> None:
        self._kind = kind
        self._name = material.story.name if material.story else material.name
        self._work = kind.make(material)

    def go_on(self) -> File | None:
        """Do some milliseconds of work; return the file once it is made."""
        try:
            next(self._work)
        except StopIteration as done:
            name = self._kind.name.format(name=self._name)
            return File(name, self._kind.media_type, done.value)
        return None

    def finish(self) -> File:
        """Do all of the work."""
        while True:
            file = self.go_on()
            if file is not None:
                return file


def numpy_code(story: Story) -> str:
    """Return the NumPy script."""
    return script(_head(story, "NumPy", "numpy", f"{story.name}.py"), numpy_sections(story))


def torch_code(story: Story) -> str:
    """Return the PyTorch script."""
    head = _head(story, "PyTorch", "numpy torch", f"{story.name}-torch.py")
    return script(head, torch_sections(story))


def _head(story: Story, library: str, packages: str, file: str) -> str:
    return (
        f"{story.title}: this run in {library}, step by step.\n\n"
        f"Written by Perceptarium {version('perceptarium')}, with NumPy {np.__version__}, from the "
        f"run itself.\nPut {story.name}.npz beside this file, then:\n\n"
        f"    pip install {packages}\n    python {file}\n\n"
        "The losses that it prints are those on the page. It goes as far as the page had come, or\n"
        "as many steps as are named behind the file."
    )


def _text(write: Callable[[Story], str]) -> Callable[[Material], Work]:
    def make(material: Material) -> Work:
        yield
        return write(material.told).encode()

    return make


def _start(material: Material) -> Work:
    """Store samples, targets and initial weights, for the scripts."""
    recipe = material.told.recipe
    parts = {"train": recipe.train}
    if recipe.validation is not None:
        parts["validation"] = recipe.validation
    samples = {f"{name}.x": part.x for name, part in parts.items()}
    stored, scale = yield from compact(samples)
    outputs = recipe.network.layers[-1].output_shape[0]
    targets = {}
    for name, part in parts.items():
        wanted = recipe.network.loss.targets(part.y, outputs)
        targets[f"{name}.y"] = _stored(wanted, material.told.has_classes)
    weights = {name: array.copy() for name, array in recipe.network.parameters().items()}
    return (yield from write_npz({**weights, **stored, **targets, "scale": scale}))


def _stored(targets: Targets, has_classes: bool) -> Array:
    if has_classes and targets.labels is not None:
        return smallest_whole(targets.labels)
    return targets.values.astype(np.float32)


def _weights(material: Material) -> Work:
    return (yield from write_npz(material.told.parameters))


def _arrays(material: Material) -> Work:
    return (yield from write_npz(material.arrays))


def _course(material: Material) -> Work:
    """Write a row for each step; what was not measured there is left empty."""
    yield
    rows = [",".join(["step", *material.course])]
    for step, values in enumerate(zip(*material.course.values(), strict=True)):
        rows.append(",".join([str(step), *("" if np.isnan(one) else str(one) for one in values)]))
        if step % 4096 == 0:
            yield
    return ("\n".join(rows) + "\n").encode()


def _all(material: Material) -> Work:
    """Put everything but the stage's arrays into one zip file."""
    members = {}
    for kind in KINDS.values():
        if kind.needs != "arrays" and kind.make is not _all:
            members[kind.name.format(name=material.told.name)] = yield from kind.make(material)
    return (yield from write_zip(members))


PYTHON = "text/x-python; charset=utf-8"
NPZ = "application/octet-stream"

KINDS: dict[str, Kind] = {
    "code.py": Kind("{name}.py", PYTHON, _text(numpy_code)),
    "code-torch.py": Kind("{name}-torch.py", PYTHON, _text(torch_code)),
    "notebook.ipynb": Kind("{name}.ipynb", "application/x-ipynb+json", _text(notebook)),
    "start.npz": Kind("{name}.npz", NPZ, _start),
    "weights.npz": Kind("{name}-weights.npz", NPZ, _weights),
    "metrics.csv": Kind("{name}-metrics.csv", "text/csv; charset=utf-8", _course, "course"),
    "arrays.npz": Kind("{name}-stage.npz", NPZ, _arrays, "arrays"),
    "all.zip": Kind("{name}.zip", "application/zip", _all),
}
"""Each kind of file by the name it is asked for."""


def kinds(*, trains: bool, measures: bool) -> list[str]:
    """Return the kinds that an exhibit offers.

    Parameters
    ----------
    trains : bool
        Whether it has a recipe.
    measures : bool
        Whether the course of any scalar is recorded.
    """
    there = {"arrays"} | ({"story"} if trains else set()) | ({"course"} if measures else set())
    return [name for name, kind in KINDS.items() if kind.needs in there]
