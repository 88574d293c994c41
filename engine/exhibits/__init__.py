"""The one list of exhibits, by slug, in the order of the home page."""

from engine.exhibits.contract import Exhibit

EXHIBITS: dict[str, Exhibit] = {}

HALLS: dict[str, str] = {
    "vision": "Vision: how a network sees",
}
"""The halls by name, with what the home page calls them."""
