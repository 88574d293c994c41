"""The page of the exhibit `digits`, used as a person would."""

import json
import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from engine.exhibits import EXHIBITS


class Stage:
    """The page as a person sees it; waits for what has been painted."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, query: str = "") -> "Stage":
        self.page.goto(f"/e/digits{query}")
        expect(self.page.locator("bar-list .bar")).to_have_count(10)
        return self

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    @property
    def step(self) -> int:
        caption = self.page.locator("transport-bar .caption").inner_text()
        return int(re.search(r"step ([\d,]+)", caption)[1].replace(",", ""))

    def expect_step(self, step: int) -> None:
        caption = self.page.locator("transport-bar .caption")
        expect(caption).to_contain_text(re.compile(rf"step {step:,}(?!\d)"))

    def wait_for_step(self, step: int) -> None:
        self.page.wait_for_function(
            """(least) => {
              const caption = document.querySelector("transport-bar .caption")?.textContent;
              const found = /step ([\\d,]+)/.exec(caption ?? "");
              return found && Number(found[1].replaceAll(",", "")) >= least;
            }""",
            arg=step,
        )

    def pause(self) -> int:
        self.button("Pause").click()
        expect(self.button("Play")).to_be_visible()
        return self.step

    def tensor(self, name: str) -> list[float]:
        return self.page.locator(f"tensor-view[data-tensor='{name}']").evaluate(
            "(view) => Array.from(view.tensor.data)"
        )

    def go_to(self, step: int) -> None:
        """Drag the timeline; beyond what has been computed, walk."""
        timeline = self.page.locator("transport-bar input[type=range]")
        timeline.fill(str(step))
        self.expect_step(int(timeline.input_value()))
        while self.step < step:
            before = self.step
            ten = step - before >= 10
            self.press("Shift+ArrowRight" if ten else "ArrowRight")
            self.expect_step(before + (10 if ten else 1))
        self.expect_step(step)

    def press(self, key: str) -> None:
        """Press a key where nothing else wants it."""
        self.page.locator("#stage").press(key)


@pytest.fixture
def stage(page: Page) -> Stage:
    return Stage(page)


def test_the_stage_is_drawn_before_anything_is_pressed(stage):
    stage.open()
    stage.expect_step(0)
    assert len(stage.tensor("conv1.x")) == 64
    assert any(stage.tensor("conv1.W"))
    expect(stage.button("Play")).to_be_visible()


def test_training_reads_97_percent_within_ten_seconds_of_play(stage):
    stage.open()
    stage.button("Play").click()
    expect(stage.page.locator("[data-misread]")).to_contain_text(
        re.compile(r"\((9[7-9]\.\d|100\.0) % right\)")
    )


def test_a_step_back_shows_what_was_and_a_step_forward_what_came(stage):
    stage.open()
    stage.button("Play").click()
    stage.wait_for_step(20)
    here = stage.pause()
    now = {name: stage.tensor(name) for name in ("conv1.W", "conv1.dW", "act2.a")}
    stage.button("One step back").click()
    stage.expect_step(here - 1)
    assert stage.tensor("conv1.W") != now["conv1.W"]
    stage.button("One step forward").click()
    stage.expect_step(here)
    assert {name: stage.tensor(name) for name in now} == now


def test_a_new_rate_holds_from_here_on_and_is_forgotten_on_the_way_back(stage):
    stage.open()
    stage.go_to(5)
    rate = stage.page.locator("controls-panel").get_by_role("spinbutton", name="Learning rate")
    expect(rate).to_have_value("0.008")
    rate.fill("0.05")
    rate.press("Enter")
    stage.page.keyboard.press("Escape")
    stage.button("One step forward").click()
    stage.expect_step(6)
    expect(rate).to_have_value("0.05")
    stage.go_to(3)
    expect(rate).to_have_value("0.008")
    stage.go_to(6)
    expect(rate).to_have_value("0.05")


def test_a_rejected_value_says_why_beside_itself_and_the_last_good_one_stays(stage):
    stage.open()
    batch = stage.page.locator("controls-panel").get_by_role("spinbutton", name="Batch size")
    batch.fill("1000")
    batch.press("Enter")
    panel = stage.page.locator("controls-panel")
    expect(panel).to_contain_text("from 1 to 256")
    stage.page.reload()
    expect(batch).to_have_value("32")


def test_a_drawn_digit_goes_through_the_network(stage):
    stage.open()
    before = stage.tensor("conv1.x")
    pad = stage.page.locator("draw-pad canvas")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    mouse = stage.page.mouse
    mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.15)
    mouse.down()
    mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.85, steps=12)
    mouse.up()
    expect(stage.page.locator("[data-subject]")).to_have_text("your drawing")
    drawn = stage.tensor("conv1.x")
    assert drawn != before
    columns = [sum(drawn[column::8]) for column in range(8)]
    assert max(columns) == max(columns[3], columns[4])
    stage.button("Clear").click()
    expect(stage.page.locator("[data-subject]")).not_to_have_text("your drawing")
    assert stage.tensor("conv1.x") == before


def test_a_digit_can_be_drawn_with_the_keyboard_alone(stage):
    stage.open()
    stage.page.get_by_role("grid", name="your digit").get_by_role("gridcell").focus()
    keyboard = stage.page.keyboard
    keyboard.press("Space")
    for _ in range(10):
        keyboard.press("ArrowDown")
    expect(stage.page.locator("[data-subject]")).to_have_text("your drawing")
    assert any(stage.tensor("conv1.x"))
    stage.expect_step(0)


def test_a_diverged_run_says_what_happened_and_takes_one_back(stage):
    stage.open("?activation=leaky_relu&optimizer=sgd&learning_rate=100")
    stage.button("Play").click()
    notice = stage.page.locator("stage-notices")
    expect(notice).to_contain_text("conv")
    text = notice.inner_text()
    step = int(re.search(r"step (\d+)", text)[1])
    assert "100" in text
    back = stage.page.get_by_role("button", name=re.compile(r"^Go back to step \d+$"))
    expect(back).to_have_text(f"Go back to step {step - 1}")
    back.click()
    stage.expect_step(step - 1)
    expect(back).to_have_count(0)
    assert all(value is not None for value in stage.tensor("conv1.W"))


def test_filters_that_died_are_named_and_one_gets_them_back(stage):
    stage.open("?optimizer=sgd&learning_rate=10")
    stage.button("Play").click()
    notice = stage.page.locator("stage-notices")
    expect(notice).to_contain_text("32 images")
    expect(stage.button("Play")).to_be_visible()
    back = stage.page.get_by_role("button", name=re.compile(r"^Go back to step \d+$"))
    back.click()
    expect(back).to_have_count(0)
    assert any(stage.tensor("conv1.dW")) or stage.step == 0


def test_a_copied_address_shows_the_same_picture_elsewhere(stage, browser: Browser, server):
    stage.open()
    stage.go_to(12)
    rate = stage.page.locator("controls-panel").get_by_role("spinbutton", name="Learning rate")
    rate.fill("0.02")
    rate.press("Enter")
    stage.go_to(42)
    stage.button("The next image").click()
    expect(stage.page.locator("[data-subject]")).to_contain_text("image 4")
    stage.page.wait_for_url(re.compile("step=42.*example=4|example=4.*step=42"))
    address = stage.page.url
    names = ("conv1.x", "conv1.W", "act1.a", "dense1.W")
    here = {name: stage.tensor(name) for name in names}
    context = browser.new_context(base_url=server.url)
    other = Stage(context.new_page())
    other.page.goto(address)
    other.expect_step(42)
    assert {name: other.tensor(name) for name in names} == here
    context.close()


def test_a_reloaded_page_stands_where_it_stood(stage):
    stage.open()
    stage.go_to(33)
    before = stage.tensor("conv2.W")
    stage.page.wait_for_url(re.compile("step=33"))
    stage.page.reload()
    stage.expect_step(33)
    assert stage.tensor("conv2.W") == before


def test_a_lost_socket_comes_back_to_the_same_step(page: Page):
    lines = []

    def through(line):
        server = line.connect_to_server()
        lines.append((line, server))

    page.route_web_socket(re.compile(r".*/ws/.*"), through)
    stage = Stage(page).open()
    stage.go_to(25)
    before = stage.tensor("conv1.W")
    line, server = lines[-1]
    server.close(code=1000)
    line.close(code=3001, reason="cut by the test")
    expect(page.locator("[data-stale]")).to_have_count(1)
    page.wait_for_function("() => !document.querySelector('[data-stale]')")
    assert len(lines) >= 2
    stage.expect_step(25)
    assert stage.tensor("conv1.W") == before
    stage.button("One step forward").click()
    stage.expect_step(26)


def test_everything_can_be_done_with_the_keyboard_alone(stage):
    stage.open()
    keyboard = stage.page.keyboard
    keyboard.press("Tab")
    expect(stage.page.locator(":focus")).to_have_text("Skip to the stage")
    keyboard.press("Enter")
    keyboard.press("ArrowRight")
    stage.expect_step(1)
    keyboard.press("Shift+ArrowRight")
    stage.expect_step(11)
    keyboard.press("ArrowLeft")
    stage.expect_step(10)
    keyboard.press("Home")
    stage.expect_step(0)
    keyboard.press("End")
    stage.expect_step(11)
    keyboard.press("Space")
    stage.wait_for_step(15)
    keyboard.press("Space")
    expect(stage.button("Play")).to_be_visible()
    here = stage.step
    cell = stage.page.get_by_role("grid", name="filters", exact=True).get_by_role("gridcell")
    cell.focus()
    keyboard.press("ArrowRight")
    keyboard.press("ArrowDown")
    expect(cell).to_have_accessible_name(re.compile("filter 1.*row 2.*column 2"))
    keyboard.press("Enter")
    ledger = stage.page.locator("number-ledger")
    expect(ledger).to_contain_text("conv1.W[0,0,1,1]")
    assert stage.step == here
    keyboard.press("t")
    table = stage.page.get_by_role("dialog")
    expect(table.get_by_role("table").first).to_be_visible()
    keyboard.press("Escape")
    expect(table).to_have_count(0)
    keyboard.press("Escape")
    expect(ledger.get_by_text("conv1.W[0,0,1,1]")).to_be_hidden()


def test_a_picked_number_keeps_up_with_the_training(stage):
    stage.open()
    cell = stage.page.get_by_role("grid", name="filters", exact=True).get_by_role("gridcell")
    cell.focus()
    cell.press("Enter")
    ledger = stage.page.locator("number-ledger")
    expect(ledger).to_contain_text("conv1.W[0,0,0,0]")
    first = ledger.inner_text()
    stage.go_to(10)
    stage.page.wait_for_function(
        "first => document.querySelector('number-ledger').innerText !== first", arg=first
    )


def test_predictions_are_judged_by_the_engine_and_can_be_skipped(stage):
    stage.open()
    question = stage.page.locator("predict-question[question=untrained]")
    question.get_by_label("about 9 in 10").check()
    question.get_by_role("button", name="Check").click()
    expect(question).to_contain_text("of the 360 validation images")
    expect(question).to_contain_text("✗")
    question.get_by_label("about 1 in 10").check()
    question.get_by_role("button", name="Check").click()
    expect(question).to_contain_text("✓")
    for _ in range(2):
        stage.button("Next").click()
    pooled = stage.page.locator("predict-question[question=pooled]")
    pooled.get_by_role("button", name="Show me", exact=True).click()
    expect(pooled).to_contain_text("16")


def test_the_lesson_drives_the_stage_to_its_end(stage):
    stage.open()
    beats = stage.page.locator("lesson-beat")
    count = beats.count()
    assert 6 <= count <= 8
    for number in range(2, count + 1):
        stage.button("Next").click()
        expect(stage.page.locator("lesson-beats")).to_contain_text(f"{number} of {count}")
    stage.wait_for_step(30)
    stage.pause()


def test_a_misread_digit_is_shown_on_the_stage_when_it_is_picked(stage):
    stage.open()
    wall = stage.page.locator("image-wall button")
    expect(wall).to_have_count(18)
    name = wall.nth(2).get_attribute("aria-label")
    digit = re.match(r"a (\d), read as (\d)", name)
    wall.nth(2).click()
    expect(stage.page.locator("[data-subject]")).to_contain_text(f"a {digit[1]},")
    expect(stage.page.locator("network-column").last).to_contain_text(f"label {digit[1]} ✗")


def test_a_picked_filter_shows_the_patches_that_excite_it(stage):
    stage.open()
    before = stage.tensor("patches.x")
    view = stage.page.locator("tensor-view[data-tensor='conv1.W']")
    box = view.bounding_box()
    stage.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.5)
    expect(stage.page.locator("[data-chosen]")).not_to_have_text("1")
    assert stage.tensor("patches.x") != before


def test_mnist_is_greyed_with_the_reason_and_the_command(stage):
    stage.open()
    option = stage.page.get_by_label(re.compile("^Images")).locator("option[value=mnist]")
    expect(option).to_be_disabled()
    expect(stage.page.locator("controls-panel")).to_contain_text("perceptarium fetch mnist")


def test_the_lesson_can_be_read_without_javascript(browser: Browser, server):
    context = browser.new_context(base_url=server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/e/digits")
    for text in ("A picture is numbers", "The loss says how wrong"):
        expect(page.get_by_text(text)).to_be_visible()
    expect(page.locator("noscript .notice")).to_be_visible()
    assert page.locator("math").count() >= 5
    context.close()


@pytest.mark.parametrize("path", ["/", "/e/digits"])
def test_at_320_pixels_nothing_scrolls_sideways(page: Page, path):
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(path)
    if path != "/":
        expect(page.locator("bar-list .bar")).to_have_count(10)
    widths = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert widths[0] <= widths[1]


def test_the_address_carries_only_what_differs_from_the_defaults(stage):
    stage.open("?learning_rate=0.05&seed=3")
    stage.go_to(2)
    stage.page.wait_for_url(re.compile("step=2"))
    query = stage.page.url.partition("?")[2]
    assert "learning_rate=0.05" in query
    assert "seed=3" in query
    assert not re.search("optimizer|batch_size|filters", query)


def test_the_page_makes_its_controls_from_what_the_exhibit_declares(stage):
    stage.open()
    described = json.loads(stage.page.request.get("/api/exhibits").text())
    (digits,) = (one for one in described["exhibits"] if one["slug"] == "digits")
    assert [one["name"] for one in digits["controls"]] == list(EXHIBITS["digits"].defaults())
    panel = stage.page.locator("controls-panel")
    for control in digits["controls"]:
        expect(
            panel.get_by_label(re.compile(f"^{re.escape(control['label'])}")).first
        ).to_be_attached()
