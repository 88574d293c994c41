"""Several scenes at one moment: each under a name of its own."""

from dataclasses import dataclass

from engine.explain.explain import explain
from engine.explain.ledger import Ledger
from engine.explain.scene import OF_THE_NETWORK, Scene

PARAMETERS = ("W", "b", *OF_THE_NETWORK)


@dataclass(frozen=True, kw_only=True)
class Named:
    """A scene whose tensors are called otherwise outside, so that several can stand side by side.

    Attributes
    ----------
    scene : Scene
    prefix : str
        What comes before the names of what the pass computes: `still.` makes `still.conv1.z`.
    owner : str
        What comes before the names of parameters and of all that updates them: the passes of one
        network share those.
    x : str
        What the pass's input is called.
    """

    scene: Scene
    prefix: str
    owner: str
    x: str

    def outside(self, name: str) -> str:
        """Return what the scene's tensor `name` is called outside."""
        if name == self._input:
            return self.x
        short = name.split(".")[1] if "." in name else name
        return f"{self.owner if short in PARAMETERS else self.prefix}{name}"

    def inside(self, name: str) -> str:
        """Return what the tensor that is called `name` outside is called in the scene."""
        if name == self.x:
            return self._input
        head = self.prefix if name.startswith(self.prefix) else self.owner
        return name.removeprefix(head)

    def explain(self, name: str, index: tuple[int, ...], *, page: int = 0) -> Ledger:
        """Return how an element of the tensor that is called `name` outside came about.

        Raises
        ------
        InvalidValueError
            If there is no such tensor or no such element.
        """
        return explain(self.scene, self.inside(name), index, page=page).renamed(self.outside)

    @property
    def _input(self) -> str:
        return f"{self.scene.network.layers[0].name}.x"
