"""The one list of exhibits, by slug, in the order of the home page."""

from engine.exhibits import convolution, digits, invariance, pipeline, pooling
from engine.exhibits.contract import Exhibit

_LIST: tuple[Exhibit, ...] = (
    convolution.EXHIBIT,
    pooling.EXHIBIT,
    invariance.EXHIBIT,
    pipeline.EXHIBIT,
    digits.EXHIBIT,
)

EXHIBITS: dict[str, Exhibit] = {exhibit.slug: exhibit for exhibit in _LIST}

HALLS: dict[str, str] = {
    "vision": "Vision: how a network sees",
}
"""The halls by name, with what the home page calls them."""
