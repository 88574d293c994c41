"""The ledger of a number, "Why this number?", on the page of the exhibit `digits`."""

import math
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.test_accessibility import open_page, violations  # noqa: F401
from tests.browser.test_digits import Stage


class Ledger(Stage):
    """The page with a number picked on its stage."""

    @property
    def ledger(self) -> Locator:
        return self.page.locator("number-ledger")

    @property
    def name(self) -> str:
        return self.ledger.locator(".ledger-tensor").inner_text()

    @property
    def value(self) -> float:
        return as_number(self.ledger.locator(".ledger-value").inner_text())

    @property
    def terms(self) -> Locator:
        return self.ledger.locator(".terms > li")

    def links(self, tensor: str) -> Locator:
        return self.ledger.locator(f".terms .ledger-link[data-tensor='{tensor}']")

    def cell(self, grid: str) -> Locator:
        return self.page.get_by_role("grid", name=grid, exact=True).get_by_role("gridcell")

    def pick(self, grid: str, *moves: str) -> None:
        """Walk to a cell and open its ledger, with the keyboard."""
        self.cell(grid).focus()
        for key in (*moves, "Enter"):
            self.page.keyboard.press(key)
        self.expect_answer()

    def expect_answer(self) -> None:
        expect(self.ledger.locator(".ledger-body:not([data-waiting])")).to_be_visible()

    def expect_name(self, pattern: str) -> None:
        expect(self.ledger.locator(".ledger-tensor")).to_have_text(re.compile(pattern))
        self.expect_answer()

    def tab_to(self, target: Locator) -> None:
        """Press Tab until the focus is there."""
        for _ in range(60):
            if target.evaluate("(node) => node === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{target}: not reached with Tab")

    def outlined(self, tensor: str) -> list[int]:
        return self.page.locator(f"tensor-view[data-tensor='{tensor}']").first.evaluate(
            "(view) => Array.from(view.map.highlighted ?? [])"
        )

    def picked(self, tensor: str) -> int:
        view = self.page.locator(f"tensor-view[data-tensor='{tensor}']")
        return view.evaluate("(view) => view.map.picked")


def as_number(text: str) -> float:
    return float(text.replace("−", "-").replace("+", ""))


def product(row: Locator) -> float:
    return as_number(row.locator(".term-sum").inner_text())


@pytest.fixture
def stage(page: Page) -> Iterator[Ledger]:
    return Ledger(page).open()


def test_a_pixel_is_reached_from_a_softmax_bar_and_back_with_the_keyboard_alone(stage):
    stage.pick("softmax", "ArrowDown")
    keyboard = stage.page.keyboard
    keyboard.press("w")
    expect(stage.ledger.locator(".ledger-number")).to_be_focused()
    way = ["softmax.a"]
    for tensor in (
        *("dense1.z", "dropout.y", "flatten.y", "pool2.y", "act2.a", "conv2.z"),
        *("pool1.y", "act1.a", "conv1.z", "conv1.x"),
    ):
        stage.tab_to(stage.links(tensor).first)
        keyboard.press("Enter")
        stage.expect_name(rf"^{re.escape(tensor)}\[")
        expect(stage.ledger.locator(".ledger-number")).to_be_focused()
        way.append(tensor)
    pixels = stage.tensor("conv1.x")
    row, column = map(int, re.search(r"(\d+),(\d+)\]$", stage.name).groups())
    assert stage.value == pytest.approx(pixels[8 * row + column], rel=5e-3)
    while len(way) > 1:
        left = way.pop()
        keyboard.press("Escape")
        stage.expect_name(rf"^{re.escape(way[-1])}\[")
        expect(stage.page.locator(":focus")).to_have_attribute("data-tensor", left)
    keyboard.press("Escape")
    expect(stage.ledger.locator(".ledger-number")).to_be_hidden()
    expect(stage.cell("softmax")).to_be_focused()


def test_where_it_goes_leads_forward_to_the_answer_and_to_the_loss_of_this_image(stage):
    stage.pick("input", "ArrowDown", "ArrowRight", "ArrowRight", "ArrowRight")
    stage.page.keyboard.press("w")
    for tensor in (
        *("conv1.z", "act1.a", "pool1.y", "conv2.z", "act2.a", "pool2.y"),
        *("flatten.y", "dropout.y", "dense1.z", "softmax.a"),
    ):
        feed = stage.ledger.locator(f".feeds .ledger-link[data-tensor='{tensor}']").first
        stage.tab_to(feed)
        stage.page.keyboard.press("Enter")
        stage.expect_name(rf"^{re.escape(tensor)}\[")
    stage.tab_to(stage.ledger.locator(".feeds .ledger-link[data-tensor='stage.loss']"))
    stage.page.keyboard.press("Enter")
    stage.expect_name(r"^stage\.loss$")
    shares = stage.page.locator("bar-list").evaluate("(bars) => Array.from(bars.tensor.data)")
    label = int(stage.page.locator("[data-subject]").inner_text().split()[1].rstrip(","))
    assert stage.value == pytest.approx(-math.log(shares[label]), rel=6e-3)
    expect(stage.links("softmax.a")).to_have_count(1)
    expect(stage.ledger.locator(".ledger-note")).to_contain_text("on the stage alone")


def test_a_drawing_has_no_loss_and_its_answer_says_so(stage):
    stage.page.locator("controls-panel summary").first.click()
    shown = stage.page.locator("controls-panel").get_by_label("On the stage", exact=True)
    shown.select_option("drawing")
    expect(stage.page.locator("[data-subject]")).to_have_text("your drawing")
    stage.pick("softmax")
    expect(stage.ledger.locator(".ledger-note")).to_contain_text("Nobody has said")
    expect(stage.ledger.locator(".ledger-feeds")).to_be_hidden()


def test_a_gradient_leads_to_its_minibatch_and_on_to_the_loss(stage):
    stage.go_to(2)
    stage.pick("gradient of the filters", "ArrowDown", "ArrowRight")
    stage.page.keyboard.press("w")
    stage.tab_to(stage.links("batch.conv1.x").first)
    stage.page.keyboard.press("Enter")
    stage.expect_name(r"^batch\.conv1\.x")
    for tensor in (
        *("conv1.z", "act1.a", "pool1.y", "conv2.z", "act2.a", "pool2.y"),
        *("flatten.y", "dropout.y", "dense1.z", "softmax.a"),
    ):
        name = f"batch.{tensor}"
        stage.tab_to(stage.ledger.locator(f".feeds .ledger-link[data-tensor='{name}']").first)
        stage.page.keyboard.press("Enter")
        stage.expect_name(rf"^{re.escape(name)}\[")
    stage.tab_to(stage.ledger.locator(".feeds .ledger-link[data-tensor='loss']"))
    stage.page.keyboard.press("Enter")
    stage.expect_name(r"^loss$")
    assert stage.value > 0


def test_a_breadcrumb_leads_back(stage):
    stage.pick("softmax")
    stage.links("dense1.z").first.click()
    stage.expect_name(r"^dense1\.z")
    stage.links("dropout.y").first.click()
    stage.expect_name(r"^dropout\.y")
    trail = stage.ledger.get_by_role("navigation")
    expect(trail.get_by_role("listitem")).to_have_count(3)
    trail.get_by_role("button", name="softmax.a[0,0]").click()
    stage.expect_name(r"^softmax\.a")
    expect(trail).to_be_hidden()


def test_the_terms_add_up_to_the_number(stage):
    stage.pick("flattened numbers")
    stage.page.keyboard.press("Escape")
    stage.pick("softmax")
    stage.links("dense1.z").first.click()
    stage.expect_name(r"^dense1\.z")
    rest = as_number(stage.ledger.locator(".term-rest .term-sum").inner_text())
    total = sum(product(row) for row in stage.terms.all()) + rest
    assert total == pytest.approx(stage.value, abs=0.02)


def test_operands_are_outlined_on_the_stage_and_one_term_alone_when_it_is_pointed_at(stage):
    stage.pick("feature maps", "ArrowDown", "ArrowDown", "ArrowRight", "ArrowRight")
    stage.links("conv1.z").first.click()
    stage.expect_name(r"^conv1\.z\[0,0,2,2\]")
    assert len(stage.outlined("conv1.x")) == 9
    window = [8 * row + column for row in (1, 2, 3) for column in (1, 2, 3)]
    stage.page.mouse.move(2, 2)
    assert sorted(stage.outlined("conv1.x")) == window
    assert sorted(stage.outlined("conv1.W")) == list(range(9))
    stage.terms.nth(4).hover()
    assert stage.outlined("conv1.x") == [18]
    assert stage.outlined("conv1.W") == [4]
    stage.page.mouse.move(2, 2)
    assert len(stage.outlined("conv1.x")) == 9
    stage.ledger.get_by_role("button", name="Close").click()
    assert stage.outlined("conv1.x") == []


def test_a_number_before_the_activation_is_outlined_where_it_comes_out(stage):
    stage.pick("softmax", "ArrowDown")
    stage.links("dense1.z").first.click()
    stage.expect_name(r"^dense1\.z\[0,1\]")
    stage.page.mouse.move(2, 2)
    assert stage.picked("dense1.z") == 1
    expect(stage.page.locator(".bar[data-picked]")).to_have_count(0)
    assert len(stage.outlined("flatten.y")) >= 9
    stage.page.keyboard.press("Escape")
    stage.page.keyboard.press("Escape")
    assert stage.outlined("flatten.y") == []
    assert stage.picked("dense1.z") == -1
    stage.pick("feature maps")
    stage.links("conv1.z").first.click()
    stage.expect_name(r"^conv1\.z\[0,0,0,0\]")
    assert stage.picked("act1.a") == 0


def test_a_symbol_lights_with_the_tensor_it_stands_for(stage):
    stage.pick("feature maps", "ArrowDown")
    stage.links("conv1.z").first.click()
    stage.expect_name(r"^conv1\.z")
    stage.links("conv1.W").first.hover()
    for place in (".ledger-maths", ".ledger-code"):
        expect(stage.ledger.locator(f"{place} [data-tensor='conv1.W']").first).to_have_attribute(
            "data-lit", ""
        )
    stage.page.mouse.move(2, 2)
    expect(
        stage.ledger.locator(".ledger-code [data-tensor='conv1.W']").first
    ).not_to_have_attribute("data-lit", "")


def test_it_keeps_up_with_the_training_and_keeps_the_focus_where_it_is(stage):
    stage.pick("softmax")
    stage.links("dense1.z").first.click()
    stage.expect_name(r"^dense1\.z")
    link = stage.terms.nth(3).locator(".ledger-link").first
    link.focus()
    held = link.element_handle()
    stage.page.evaluate(
        """() => {
          window.values = new Set();
          const value = document.querySelector(".ledger-value");
          new MutationObserver(() => window.values.add(value.textContent)).observe(
            value, {childList: true, characterData: true, subtree: true});
        }"""
    )
    stage.button("Play").evaluate("(button) => button.click()")
    stage.page.wait_for_function("() => window.values.size >= 5")
    assert held.evaluate("(node) => node === document.activeElement")
    stage.button("Pause").evaluate("(button) => button.click()")
    expect(stage.button("Play")).to_be_visible()
    stage.page.wait_for_function(
        """() => {
          const bars = document.querySelector("bar-list[data-tensor='softmax.a']");
          return bars.tensor.data.length > 0;
        }"""
    )


def test_what_it_says_of_the_step_on_the_screen_is_what_the_stage_shows(stage):
    stage.pick("softmax", "ArrowDown", "ArrowDown")
    stage.go_to(20)
    stage.press("ArrowLeft")
    stage.expect_step(19)
    stage.page.wait_for_function(
        """() => {
          const shown = document.querySelector("bar-list[data-tensor='softmax.a']").tensor.data[2];
          const said = Number(document.querySelector(".ledger-value").textContent);
          return Math.abs(said - shown) <= 0.006 * shown;
        }"""
    )
    expect(stage.ledger.locator(".ledger-before")).to_contain_text("at step 0")


def test_a_long_sum_unfolds_by_page(stage):
    stage.pick("softmax")
    stage.links("dense1.z").first.click()
    stage.expect_name(r"^dense1\.z")
    first = stage.terms.all_inner_texts()
    assert len(first) == 10
    more = stage.ledger.get_by_role("button", name=re.compile(r"^55 more$"))
    more.click()
    pages = stage.ledger.get_by_role("group", name="Pages of terms")
    expect(pages).to_contain_text("11–20 of 65")
    assert not set(first) & set(stage.terms.all_inner_texts())
    for _ in range(5):
        pages.get_by_role("button", name="Smaller").click()
    expect(pages).to_contain_text("61–65 of 65")
    expect(pages.get_by_role("button", name="Smaller")).to_be_disabled()
    pages.get_by_role("button", name="Larger").click()
    expect(pages).to_contain_text("51–60 of 65")


def test_a_long_sum_unfolds_in_place_with_the_keyboard(stage):
    stage.pick("softmax")
    stage.links("dense1.z").first.click()
    stage.expect_name(r"^dense1\.z")
    folds = stage.ledger.get_by_role("group", name="How many terms")
    first = set(stage.terms.all_inner_texts())
    stage.tab_to(folds.get_by_role("button", name="Show 10 more"))
    more = stage.page.locator(":focus")
    expect(more).to_have_accessible_description("10 of 65")
    for shown in (20, 30, 40, 50, 60, 65):
        stage.page.keyboard.press("Enter")
        expect(stage.terms).to_have_count(shown)
    assert first <= set(stage.terms.all_inner_texts())
    total = sum(product(row) for row in stage.terms.all())
    assert total == pytest.approx(stage.value, abs=0.02)
    expect(folds).to_contain_text("all 65")
    expect(more).to_be_disabled()
    expect(more).to_be_focused()
    expect(stage.ledger.locator(".term-rest")).to_be_hidden()
    folds.get_by_role("button", name="Show fewer").click()
    expect(stage.terms).to_have_count(10)
    expect(more).to_be_focused()


def test_what_is_unfolded_keeps_up_with_the_training(stage):
    stage.pick("softmax")
    stage.links("dense1.z").first.click()
    stage.expect_name(r"^dense1\.z")
    stage.ledger.get_by_role("button", name="Show 10 more").click()
    expect(stage.terms).to_have_count(20)
    before = stage.terms.all_inner_texts()
    stage.button("One step forward").click()
    stage.expect_step(1)
    stage.page.wait_for_function(
        """(before) => {
          const rows = [...document.querySelectorAll("number-ledger .terms > li")];
          return rows.length === 20 && rows.every((row) => !before.includes(row.innerText));
        }""",
        arg=before,
    )


def test_the_greatest_of_a_pool_is_marked(stage):
    stage.pick("pooled maps", "ArrowDown", "ArrowRight")
    expect(stage.terms).to_have_count(4)
    best = stage.ledger.locator(".terms > li:is([data-verdict=winner], [data-verdict=tie])")
    assert best.count() >= 1
    assert all(product(row) == pytest.approx(stage.value) for row in best.all())
    expect(best.first).to_contain_text(re.compile("greatest|tied"))


def test_a_nudge_agrees_with_the_gradient(stage):
    stage.go_to(3)
    stage.pick("gradient of the filters", "ArrowRight", "ArrowDown")
    stage.expect_name(r"^conv1\.dW\[0,0,1,1\]")
    stage.ledger.get_by_role("button", name="Check by nudging").click()
    check = stage.ledger.locator(".ledger-nudge")
    expect(check).to_contain_text("✓")
    facts = dict(
        zip(
            check.get_by_role("rowheader").all_inner_texts(),
            map(as_number, check.get_by_role("cell").all_inner_texts()),
            strict=True,
        )
    )
    assert facts["difference ÷ 2ε"] == pytest.approx(facts["gradient by backprop"], rel=1e-2)
    assert facts["gradient by backprop"] == pytest.approx(stage.value, rel=6e-3)
    stage.expect_step(3)


def test_a_number_that_is_gone_says_so_in_its_ledger(stage):
    stage.pick("filters", "PageDown", "PageDown", "PageDown", "PageDown", "PageDown")
    stage.expect_name(r"^conv1\.W\[5,")
    stage.page.locator("controls-panel summary").first.click()
    panel = stage.page.locator("controls-panel")
    panel.get_by_label(re.compile("^Filters")).select_option("4")
    expect(stage.ledger.locator(".ledger-error")).to_contain_text("index")
    expect(stage.page.locator("stage-notices .notice")).to_have_count(0)
    panel.get_by_label(re.compile("^Filters")).select_option("8")
    expect(stage.ledger.locator(".ledger-error")).to_be_hidden()
    expect(stage.ledger.locator(".ledger-code")).to_be_visible()


def test_a_number_that_was_given_says_so_and_shows_no_empty_parts(stage):
    stage.pick("confusion table")
    expect(stage.ledger.locator(".ledger-note")).to_be_visible()
    expect(stage.ledger.locator(".ledger-feeds")).to_be_hidden()
    stage.page.keyboard.press("Escape")
    stage.pick("input", "ArrowDown", "ArrowRight", "ArrowRight", "ArrowRight")
    expect(stage.ledger.locator(".ledger-note")).to_contain_text("pixel")
    expect(stage.ledger.locator(".ledger-terms")).to_be_hidden()
    expect(stage.ledger.locator(".ledger-feeds")).to_be_visible()


def test_the_value_is_announced_once_it_is_picked(stage):
    stage.pick("softmax")
    region = stage.page.locator("[data-announcer]")
    expect(region).to_contain_text(re.compile(r"softmax\.a\[0,0\] = 0\.\d+"))


def test_markup_in_an_equation_does_nothing(page: Page):
    page.goto("/e/digits")
    names = page.evaluate(
        """async () => {
          const address = [...document.querySelectorAll("link[rel=modulepreload]")]
            .map((link) => link.href).find((href) => href.includes("/parts/maths."));
          const { parseMaths } = await import(address);
          const made = parseMaths(`<math onclick="window.hurt = 1"><mi data-tensor="a">x</mi>
            <script>window.hurt = 1</script><mtext><img src="x" onerror="window.hurt = 1"/></mtext>
            <a href="javascript:void 0">y</a></math>`);
          document.body.append(made);
          return [made, ...made.querySelectorAll("*")]
            .map((node) => [node.localName, node.getAttributeNames().join()]);
        }"""
    )
    assert names == [["math", ""], ["mi", "data-tensor"], ["mtext", ""]]
    assert page.evaluate("window.hurt") is None


@pytest.mark.parametrize("size", [(1440, 900), (1024, 768), (390, 844)])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_an_open_ledger(open_page: Page, size, theme):  # noqa: F811
    open_page.set_viewport_size({"width": size[0], "height": size[1]})
    stage = Ledger(open_page).open()
    stage.page.get_by_label("Theme").select_option(theme)
    stage.pick("softmax")
    stage.links("dense1.z").first.click()
    stage.expect_name(r"^dense1\.z")
    stage.page.wait_for_function("() => !document.querySelector('[data-waiting]')")
    assert violations(stage.page) == []


@pytest.mark.parametrize("size", [(1024, 768), (390, 844)])
def test_an_open_ledger_leaves_the_stage_in_sight(page: Page, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    stage = Ledger(page).open()
    stage.pick("filters")
    ledger = page.locator("aside.ledger").bounding_box()
    view = page.locator("tensor-view[data-tensor='conv1.W']").bounding_box()
    assert ledger["height"] <= 0.46 * size[1]
    assert view["y"] + 100 < ledger["y"]
    assert ledger["height"] >= 150


def test_an_open_ledger_is_named_again_after_a_lost_line(browser: Browser, server):
    context = browser.new_context(base_url=server.url, viewport={"width": 1440, "height": 900})
    page = context.new_page()
    lines = []

    def through(line):
        there = line.connect_to_server()
        lines.append((line, there))

    page.route_web_socket(re.compile(r".*/ws/.*"), through)
    stage = Ledger(page).open()
    stage.pick("softmax")
    stage.links("dense1.z").first.click()
    stage.expect_name(r"^dense1\.z")
    line, there = lines[-1]
    there.close(code=1000)
    line.close(code=3001, reason="cut by the test")
    expect(page.locator("[data-stale]")).to_have_count(1)
    page.wait_for_function("() => !document.querySelector('[data-stale]')")
    before = stage.value
    stage.button("One step forward").click()
    stage.expect_step(1)
    page.wait_for_function(
        "(text) => document.querySelector('.ledger-value').textContent !== text",
        arg=str(before),
    )
    context.close()


def test_gradients_have_their_own_colour_whatever_their_sign(stage):
    stage.go_to(2)
    slopes = stage.tensor("conv1.dW")
    for sign, extreme in (("positive", max), ("negative", min)):
        at = slopes.index(extreme(slopes))
        stage.open(f"?step=2&pick=conv1.dW.{at // 9}.0.{at % 9 // 3}.{at % 3}")
        value = stage.ledger.locator(".ledger-value")
        expect(value).to_have_attribute("data-sign", sign)
        expect(value).to_have_css("color", "rgb(162, 28, 175)")
