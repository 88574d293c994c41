"""A share link opens on the same picture in another browser, also with what was set by hand."""

import base64
import json
import random
import re
import zlib
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.test_ledger import Ledger

TENSORS = ("conv1.x", "conv1.W", "act1.a", "pool2.y", "dense1.W", "dense1.z", "confusion")


class Sharing(Ledger):
    """The page of somebody who changes things and shares what came of it."""

    @property
    def field(self) -> Locator:
        return self.ledger.get_by_label("new value")

    def pictured(self) -> dict[str, list[float]]:
        """Return every number that is painted, and the bars as a screen reader has them."""
        bars = self.page.locator("bar-list .bar").all_inner_texts()
        return {name: self.tensor(name) for name in TENSORS} | {"bars": bars}

    def set_by_hand(self, value: str) -> None:
        self.field.fill(value)
        self.field.press("Enter")
        expect(self.ledger.locator(".ledger-note")).to_contain_text("by hand")
        expect(self.ledger.locator(".ledger-value")).to_have_text(value.replace("-", "−"))

    def draw(self) -> None:
        """Draw a crooked seven with the pointer."""
        box = self.page.locator("draw-pad .pad-box")
        box.scroll_into_view_if_needed()
        place = box.bounding_box()
        points = [(0.3, 0.25), (0.7, 0.25), (0.42, 0.8)]
        left, top, width, height = (place[name] for name in ("x", "y", "width", "height"))
        steps = [(left + x * width, top + y * height) for x, y in points]
        self.page.mouse.move(*steps[0])
        self.page.mouse.down()
        for step in steps[1:]:
            self.page.mouse.move(*step, steps=8)
        self.page.mouse.up()
        expect(self.page.locator("[data-subject]")).to_have_text("your drawing")

    def share(self) -> str:
        """Press Share and return the link."""
        self.button("Share").click()
        link = self.page.get_by_label("Link to what is on the screen")
        expect(self.page.locator("share-button button").first).to_have_text(re.compile("^Cop"))
        assert link.is_hidden() or link.input_value() == self.page.url
        return self.page.url


def packed(said: dict[str, Any]) -> str:
    deflate = zlib.compressobj(wbits=-15)
    content = deflate.compress(json.dumps(said, separators=(",", ":")).encode()) + deflate.flush()
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def unpacked(more: str) -> dict[str, Any]:
    content = base64.urlsafe_b64decode(more + "=" * (-len(more) % 4))
    said: dict[str, Any] = json.loads(zlib.decompress(content, wbits=-15))
    return said


def filled() -> str:
    """Return a packed part with so many weights set by hand that hardly another one fits."""
    draw = random.Random(1)
    changes: list[Any] = []
    while len(more := packed({"changes": changes})) < 5970:
        index = [draw.randrange(10), draw.randrange(64)]
        place = {"tensor": "dense1.W", "index": index, "value": draw.uniform(-1, 1)}
        changes.append([0, "edit", place])
        before = more
    return before


def more_of(page: Page) -> str:
    return parse_qs(urlsplit(page.url).query).get("more", [""])[0]


def too_long(what: str) -> re.Pattern[str]:
    size = r"\([\d,]+ of at most 6,000 characters\)"
    return re.compile(f"{what} does not fit into a link {size}; it was left out")


@pytest.fixture
def stage(page: Page) -> Sharing:
    return Sharing(page).open()


def test_a_link_opens_on_the_same_numbers_in_another_browser(stage, browser: Browser, server):
    stage.go_to(12)
    stage.draw()
    stage.pick("filters", "ArrowRight", "ArrowDown")
    stage.expect_name(r"^conv1\.W\[0,0,1,1\]")
    stage.set_by_hand("-1.75")
    stage.go_to(15)
    stage.press("ArrowLeft")
    stage.expect_step(14)
    stage.pick("scores", "ArrowDown", "ArrowDown")
    stage.expect_name(r"^dense1\.z\[0,2\]")
    here, value = stage.pictured(), stage.value
    link = stage.share()
    said = parse_qs(urlsplit(link).query)
    assert said["step"] == ["14"]
    assert said["pick"] == ["dense1.z.0.2"]
    assert len(link) < 2000

    context = browser.new_context(base_url=server.url, viewport={"width": 1440, "height": 900})
    other = Sharing(context.new_page())
    other.page.goto(link)
    other.expect_step(14)
    other.expect_name(r"^dense1\.z\[0,2\]")
    assert other.pictured() == here
    assert other.value == value
    expect(other.page.locator("[data-subject]")).to_have_text("your drawing")
    ink = "(pad) => Array.from(pad.ink.pixels, (ink) => Math.round(255 * ink))"
    pads = [each.page.locator("draw-pad").evaluate(ink) for each in (stage, other)]
    assert pads[0] == pads[1]
    assert max(pads[1]) == 255
    # and its history is the same, too: the weight was set at step 12
    other.go_to(12)
    other.pick("filters", "ArrowRight", "ArrowDown")
    expect(other.ledger.locator(".ledger-note")).to_contain_text("set by hand at step 12")
    assert other.value == -1.75
    other.go_to(11)
    expect(other.ledger.locator(".ledger-note")).to_be_hidden()
    assert other.value != -1.75
    context.close()


def test_a_weight_is_set_by_hand_and_the_stage_follows(stage):
    stage.go_to(2)
    before = stage.pictured()
    stage.pick("filters")
    assert float(stage.field.input_value()) == pytest.approx(stage.value, rel=5e-3)
    stage.set_by_hand("2.5")
    assert stage.value == 2.5
    expect(stage.field).to_have_value("2.5")
    after = stage.pictured()
    assert after["conv1.W"][0] == 2.5
    assert after["conv1.W"][1:] == before["conv1.W"][1:]
    assert after["act1.a"] != before["act1.a"]
    announced = stage.page.locator("[data-announcer]")
    expect(announced).to_contain_text("conv1.W[0,0,0,0] set to 2.5 at step 2; it was")
    stage.press("ArrowRight")
    stage.expect_step(3)
    expect(stage.ledger.locator(".ledger-note")).to_be_hidden()
    expect(stage.links("batch.conv1.W")).to_have_count(1)
    assert stage.value == pytest.approx(2.5, abs=0.05)


def test_a_value_that_cannot_be_says_why_once_next_to_it(stage):
    stage.pick("filters")
    was = stage.field.input_value()
    problem = stage.ledger.locator(".ledger-edit .control-problem")
    stage.field.fill("20000")
    stage.ledger.get_by_role("button", name="Set", exact=True).click()
    expect(problem).to_have_text("expected a number from -10000 to 10000, got 20000")
    expect(stage.field).to_have_attribute("aria-invalid", "true")
    expect(stage.page.locator("stage-notices .notice")).to_have_count(0)
    stage.field.fill("")
    stage.field.press("Enter")
    expect(problem).to_have_text(re.compile("^Enter a number"))
    stage.field.press("Escape")
    expect(stage.field).to_have_value(was)
    expect(problem).to_be_hidden()
    expect(stage.ledger.locator(".ledger-entry")).to_be_visible()
    stage.field.press("Escape")
    expect(stage.ledger.locator(".ledger-entry")).to_be_hidden()


def test_only_present_parameters_can_be_set(stage):
    stage.go_to(1)
    stage.pick("filters")
    expect(stage.field).to_be_visible()
    stage.links("batch.conv1.W").first.click()
    stage.expect_name(r"^batch\.conv1\.W")
    expect(stage.ledger.locator(".ledger-edit")).to_be_hidden()
    stage.pick("scores")
    expect(stage.ledger.locator(".ledger-edit")).to_be_hidden()


def test_an_edit_comes_back_after_a_reload(stage):
    stage.go_to(3)
    stage.pick("filters")
    stage.set_by_hand("0.5")
    stage.page.wait_for_url(re.compile("more="))
    stage.page.reload()
    stage.expect_step(3)
    stage.expect_name(r"^conv1\.W\[0,0,0,0\]")
    expect(stage.ledger.locator(".ledger-note")).to_contain_text("set by hand at step 3")
    assert stage.value == 0.5


def test_the_open_number_stands_in_the_address_as_long_as_it_is_open(stage):
    stage.pick("softmax", "ArrowDown")
    stage.page.wait_for_url(re.compile(r"pick=softmax\.a\.0\.1(&|$)"))
    stage.page.keyboard.press("Escape")
    expect(stage.ledger.locator(".ledger-entry")).to_be_hidden()
    stage.page.wait_for_url(lambda url: "pick=" not in url)


def test_a_drawing_that_does_not_fit_is_left_out_and_share_says_so(page: Page):
    stage = Sharing(page).open(f"?step=1&more={filled()}")
    stage.expect_step(1)
    stage.draw()
    stage.share()
    notice = page.locator("stage-notices .notice")
    expect(notice).to_contain_text(too_long("Your picture"))
    more = more_of(page)
    assert 5500 < len(more) <= 6000
    assert unpacked(more).keys() == {"changes"}, "the weights still fit"
    notice.get_by_role("button", name="Dismiss").click()
    expect(notice).to_have_count(0)


def test_edits_that_do_not_fit_are_left_out_and_share_says_so(page: Page):
    stage = Sharing(page).open(f"?step=1&more={filled()}&pick=conv1.W.0.0.0.0")
    for value in ("0.123", "-0.654", "0.918", "-0.565", "0.372"):
        stage.set_by_hand(value)
    stage.share()
    notice = page.locator("stage-notices .notice")
    expect(notice).to_contain_text(too_long("What you set by hand"))
    assert more_of(page) == ""


@pytest.mark.parametrize("more", ["AAAA", "q1ZKzkjMS09V", "A" * 6001])
def test_a_packed_part_that_cannot_be_read_is_left_out_with_a_notice(page: Page, more):
    stage = Sharing(page).open(f"?step=4&more={more}")
    stage.expect_step(4)
    expect(page.locator("stage-notices .notice")).to_contain_text("cannot be read")
    page.wait_for_url(lambda url: "more=" not in url)


def test_an_action_that_this_server_refuses_is_left_out_with_its_reason(page: Page):
    more = packed({"changes": [[2, "edit", {"tensor": "conv9.W", "index": [0], "value": 1}]]})
    stage = Sharing(page).open(f"?step=4&more={more}")
    stage.expect_step(4)
    expect(page.locator("stage-notices .notice")).to_contain_text("got 'conv9.W'")
    assert more_of(page) == ""


def test_a_number_that_is_not_there_is_said_in_its_ledger(page: Page):
    stage = Sharing(page).open("?step=1&pick=conv7.z.0.0")
    expect(stage.ledger.locator(".ledger-error")).to_contain_text("conv7.z")


def test_a_beat_beyond_the_last_is_the_last_also_in_the_address(page: Page):
    stage = Sharing(page).open("?beat=99&step=2")
    beats = page.locator("lesson-beat").count()
    expect(page.locator(".beat-count")).to_have_text(f"{beats} of {beats}")
    stage.expect_step(2)
    page.wait_for_url(re.compile(rf"beat={beats}(&|$)"))
