"""Every lesson of every exhibit, gone through from the first beat to the last."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from engine.exhibits import EXHIBITS

# what a beat sets when it stands alone, though it may also come from the ones before it
VALUES = """beats => beats.map(beat => JSON.parse(beat.getAttribute("values") ?? "{}"))"""


def said_by(url: str, defaults: dict[str, Any]) -> dict[str, Any]:
    """Return every control's value as the address has it."""
    query = {name: texts[0] for name, texts in parse_qs(urlsplit(url).query).items()}
    return {
        name: _like(query[name], usual) if name in query else usual
        for name, usual in defaults.items()
    }


def _like(text: str, usual: Any) -> Any:
    return text if isinstance(usual, str) else json.loads(text)


@pytest.mark.parametrize("slug", list(EXHIBITS))
def test_each_beat_brings_the_settings_that_it_speaks_of(page: Page, slug: str) -> None:
    defaults = EXHIBITS[slug].defaults()
    page.goto(f"/e/{slug}")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_enabled()
    beats = page.locator("lesson-beat").evaluate_all(VALUES)
    for number, wanted in enumerate(beats):
        if number:
            page.get_by_role("button", name="Next", exact=True).click()
        page.wait_for_url(
            lambda url, wanted=wanted: wanted.items() <= said_by(url, defaults).items(),
        )
        # a lesson begins anew; it sets no run of its own beside another
        expect(page.locator("run-lines tbody tr")).to_have_count(0)
        assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
