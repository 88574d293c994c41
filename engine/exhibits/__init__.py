"""The one list of exhibits, by slug, in the order of the home page."""

from engine.exhibits import (
    activations,
    backprop,
    convolution,
    descent,
    digits,
    features,
    initialization,
    invariance,
    landscape,
    losses,
    neuron,
    normalisation,
    optimizers,
    overfitting,
    pipeline,
    pooling,
)
from engine.exhibits.contract import Exhibit

_LIST: tuple[Exhibit, ...] = (
    neuron.EXHIBIT,
    activations.EXHIBIT,
    features.EXHIBIT,
    backprop.EXHIBIT,
    initialization.EXHIBIT,
    overfitting.EXHIBIT,
    losses.EXHIBIT,
    descent.EXHIBIT,
    optimizers.EXHIBIT,
    normalisation.EXHIBIT,
    landscape.EXHIBIT,
    convolution.EXHIBIT,
    pooling.EXHIBIT,
    invariance.EXHIBIT,
    pipeline.EXHIBIT,
    digits.EXHIBIT,
)

EXHIBITS: dict[str, Exhibit] = {exhibit.slug: exhibit for exhibit in _LIST}

HALLS: dict[str, str] = {
    "networks": "Networks: from one neuron to many",
    "learning": "Learning: how a network improves",
    "vision": "Vision: how a network sees",
}
"""The halls by name, with what the home page calls them."""
