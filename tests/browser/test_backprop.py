"""The page of the exhibit `backprop`, used as a person would."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_accessibility import TAGS


class Stage:
    """The page as a person sees it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, query: str = "") -> "Stage":
        self.page.goto(f"/e/backprop{query}")
        expect(self.table("said").locator("td button").first).to_have_text(re.compile(r"\d"))
        return self

    def table(self, name: str) -> Locator:
        return self.page.locator(f"number-table[data-{name}]")

    def number(self, table: str, row: int, column: int) -> Locator:
        """Return a number of a table, both counted from 0 without the headings."""
        return self.table(table).locator("tbody tr").nth(row).locator("td").nth(column)

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    @property
    def ledger(self) -> Locator:
        return self.page.locator("number-ledger")

    @property
    def graph(self) -> Locator:
        return self.page.locator("graph-view")

    def pick(self, kind: str, layer: int, to: int, source: int = 0) -> None:
        """Click a neuron, a bias or the line between two neurons, all counted from 0."""
        x, y = self.graph.evaluate(
            """(view, [kind, layer, to, from]) => {
              const { plan } = view;
              const corner = view.field.getBoundingClientRect();
              const { x, y, width, height } = plan.boxOf({ kind, layer, to, from }, {});
              if (kind !== "edge") return [corner.x + x + width / 2, corner.y + y + height / 2];
              const [a, b] = [plan.first[layer - 1] + from, plan.first[layer] + to];
              const along = (one, other) => one + 0.3 * (other - one); // where few lines cross
              return [
                corner.x + along(plan.x[layer - 1], plan.x[layer]),
                corner.y + along(plan.y[a], plan.y[b]),
              ];
            }""",
            [kind, layer, to, source],
        )
        self.page.mouse.click(x, y)

    def lit(self) -> list[list[object]]:
        """Return what another view has lit on the graph: what, in which layer, where to."""
        return self.graph.evaluate(
            "view => view.lights.outside.map((s) => [s.kind, s.layer, s.to])"
        )

    def wait_for_light(self, kind: str, layer: int, to: int) -> None:
        self.page.wait_for_function(
            """([kind, layer, to]) => document.querySelector("graph-view").lights.outside
              .some((s) => s.kind === kind && s.layer === layer && s.to === to)""",
            arg=[kind, layer, to],
        )

    def expect_step(self, step: int) -> None:
        caption = self.page.locator("transport-bar .caption")
        expect(caption).to_contain_text(re.compile(rf"step {step}(?!\d)"))

    def values(self) -> dict[str, object]:
        """Return the controls' values as the link has them."""
        return self.page.evaluate("() => Object.fromEntries(new URLSearchParams(location.search))")


@pytest.fixture
def stage(still_page: Page) -> Stage:
    return Stage(still_page)


def test_a_line_that_is_picked_has_its_paths_listed_and_their_sum_is_what_nudging_says(
    stage: Stage,
):
    stage.open("?data=xor4&example=3&hidden=3+tanh,+2+tanh")
    stage.pick("edge", 1, 2, 1)
    title = stage.page.locator("[data-paths-title]")
    expect(title).to_have_text("2 paths to the loss from dense1.W[2,1] (x2 to neuron 3 of layer 1)")
    expect(stage.ledger).to_contain_text("dense1.W[2,1]")
    expect(stage.table("paths").locator("tbody tr")).to_have_count(2)
    shown = stage.table("together").locator("tbody td").all_inner_texts()
    assert len(shown) == 3
    assert len(set(shown)) == 1
    stage.pick("edge", 3, 0, 1)
    expect(title).to_have_text(
        "1 path to the loss from dense3.W[0,1] (neuron 2 to neuron 1 of layer 3)"
    )
    stage.number("paths", 0, 2).click()
    expect(stage.ledger).to_contain_text("paths.product[0]")


def test_a_path_that_is_pointed_at_lights_up_on_the_graph(stage: Stage):
    stage.open("?data=xor4&example=3&hidden=3+tanh,+2+tanh")
    stage.wait_for_light("edge", 1, 0)
    assert stage.lit() == [["edge", 1, 0]]
    stage.number("paths", 1, 0).hover()
    through = stage.table("paths").locator("tbody th").nth(1).inner_text()
    assert through == "→ 1 → 2 → 1 → L"
    stage.wait_for_light("edge", 2, 1)
    assert ["neuron", 2, 1] in stage.lit()
    assert ["edge", 3, 0] in stage.lit()
    stage.page.locator("[data-paths-title]").hover()
    stage.page.wait_for_function(
        "() => document.querySelector('graph-view').lights.outside.length === 1"
    )


def test_where_gradients_are_shown_a_neuron_lights_the_lines_its_blame_comes_back_by(stage: Stage):
    stage.open("?data=xor4&hidden=3+tanh,+2+tanh&edges=W")
    told = """({ lights }) => ({ before: lights.edge(1, 0, 1), after: lights.edge(2, 1, 0) })"""
    stage.pick("neuron", 1, 1)
    assert stage.graph.evaluate(told) == {"before": True, "after": False}
    stage.button("Gradients").click()
    expect(stage.button("Gradients")).to_have_attribute("aria-pressed", "true")
    stage.pick("neuron", 1, 1)
    assert stage.graph.evaluate(told) == {"before": False, "after": True}
    expect(stage.ledger).to_contain_text("dense1.dz[0,1]")


def test_added_or_multiplied_is_decided_by_the_finite_difference(stage: Stage):
    stage.open("?beat=5")
    expect(stage.table("paths").locator("tbody tr")).to_have_count(2)
    expect(stage.table("together").locator("td button")).to_have_count(0)
    stage.page.get_by_label("they are multiplied, Π").check()
    stage.button("Check").click()
    expect(stage.page.locator(".verdict:visible")).to_contain_text(
        "Not this time. 2 paths: added up"
    )
    stage.button("Π multiplied").click()
    expect(stage.table("together").locator("td button")).to_have_count(2)
    multiplied, nudged = stage.table("together").locator("tbody td").all_inner_texts()
    assert multiplied != nudged
    stage.button("Σ added").click()
    expect(stage.number("together", 0, 0)).to_have_text(nudged)


def test_a_point_that_is_clicked_goes_through_the_network_and_into_the_link(stage: Stage):
    stage.open("?data=xor4&example=3")
    before = stage.number("said", 0, 1).inner_text()
    x, y = stage.page.locator("plane-view").evaluate(
        """(view) => {
          const box = view.box.getBoundingClientRect();
          const { points, frame } = view;
          return [box.left + frame.toX(points.x(1)), box.top + frame.toY(points.y(1))];
        }"""
    )
    stage.page.mouse.click(x, y)
    expect(stage.page.locator("[data-example]")).to_have_text("example 2 of 4")
    expect(stage.number("said", 0, 0)).to_have_text("1")
    expect(stage.number("said", 0, 1)).not_to_have_text(before)
    stage.page.wait_for_url(re.compile(r"example=1(&|$)"))
    stage.button("The next example").click()
    expect(stage.page.locator("[data-example]")).to_have_text("example 3 of 4")


def test_a_neuron_more_is_another_network_and_stands_in_the_link(stage: Stage):
    stage.open("?data=xor4&hidden=3+tanh,+2+tanh")
    paths = stage.page.locator("[data-paths-title]")
    expect(paths).to_contain_text("2 paths")
    stage.graph.get_by_role("button", name=re.compile("more")).last.click()
    expect(paths).to_contain_text("3 paths")
    stage.page.wait_for_url(re.compile("hidden="))
    assert stage.values()["hidden"] == "3 tanh, 3 tanh"


def test_a_weight_that_is_set_by_hand_changes_what_the_network_says(stage: Stage):
    stage.open("?data=xor4&example=3&hidden=2+tanh")
    said = stage.number("said", 0, 1)
    before = said.inner_text()
    stage.pick("bias", 2, 0)
    field = stage.ledger.get_by_role("spinbutton")
    field.fill("4")
    field.press("Enter")
    expect(said).not_to_have_text(before)
    stage.page.wait_for_function(
        "() => document.querySelector('graph-view').numbers.b[2].data[0] === 4"
    )


def test_the_weight_with_the_largest_gradient_is_answered_by_picking_it(stage: Stage):
    stage.open("?beat=4")
    question = stage.page.locator("predict-question[question=largest]")
    question.get_by_role("button", name="Check").click()
    expect(question).to_contain_text("Pick one on the stage first.")
    stage.pick("edge", 1, 0, 1)  # from the input that is 0
    expect(question).to_contain_text("Your answer: dense1.W[0,1]")
    question.get_by_role("button", name="Check").click()
    verdict = question.locator(".verdict")
    expect(verdict).to_contain_text(
        "Not this time. The gradient at dense2.W[0,2], from neuron 3 of"
    )
    sign = stage.page.locator("predict-question[question=sign]")
    sign.get_by_label("it is 0").check()
    sign.get_by_role("button", name="Check").click()
    expect(sign.locator(".verdict")).to_contain_text("Right. At dense1.W[0,1]")


def test_what_each_example_says_adds_up_to_the_step(stage: Stage):
    stage.open("?data=xor4&shown=sums&hidden=2+tanh&batch_size=4")
    expect(stage.page.locator("[data-sums-title]")).to_contain_text("No step has been made yet")
    stage.page.keyboard.press("ArrowRight")
    stage.expect_step(1)
    expect(stage.table("each").locator("tbody tr")).to_have_count(4)
    total = stage.number("each", 3, 3).inner_text()
    expect(stage.number("mean", 0, 0)).to_have_text(total)
    stage.number("mean", 0, 1).click()
    expect(stage.ledger).to_contain_text("each.mean[0]")


def test_in_slow_motion_the_error_goes_back_along_the_lines_it_came_by(stage: Stage):
    stage.open("?data=xor4&step=1&hidden=3+tanh,+2+tanh")
    stage.expect_step(1)
    stage.page.keyboard.press("m")
    caption = stage.page.locator("moment-caption")
    expect(caption).to_contain_text("Take minibatch 1")
    flows = []
    for _ in range(15):
        before = caption.inner_text()
        stage.page.keyboard.press("ArrowRight")
        expect(caption).not_to_have_text(before, use_inner_text=True)
        flows.append(
            stage.graph.evaluate("({ lights: l }) => l.flowing && [l.flowLayer, l.backwards]")
        )
    seen = [flow for flow in flows if flow]
    assert seen == [[1, False], [2, False], [3, False], [3, True], [2, True]]
    expect(stage.button("Gradients")).to_have_attribute("aria-pressed", "true")
    stage.page.keyboard.press("m")
    expect(caption).to_be_hidden()


def test_numbers_that_run_away_are_named_and_there_is_a_way_back(stage: Stage):
    stage.open("?data=regression&hidden=4+relu&loss=mse&learning_rate=100")
    stage.page.keyboard.press("Shift+ArrowRight")
    notice = stage.page.locator("stage-notices .notice")
    expect(notice).to_contain_text("The numbers ran away")
    notice.get_by_role("button", name="Go back to step", exact=False).first.click()
    expect(notice).to_have_count(0)
    expect(stage.number("said", 0, 1)).to_have_text(re.compile(r"\d"))


def test_several_classes_have_an_output_each_and_a_link_brings_all_of_it_back(stage: Stage):
    stage.open("?data=iris&hidden=4+relu&shown=sums&edges=dW&step=3&seed=7")
    stage.expect_step(3)
    expect(stage.table("said").locator("tbody tr")).to_have_count(3 + 1)  # and the loss
    expect(stage.table("said").locator("tbody th").first).to_have_text("setosa")
    expect(stage.button("Gradients")).to_have_attribute("aria-pressed", "true")
    expect(stage.button("Minibatch")).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize("shown", ["paths", "sums"])
def test_axe_finds_nothing_and_nothing_scrolls_sideways_on_a_phone(stage: Stage, shown):
    stage.open(f"?data=xor4&step=1&shown={shown}")
    found = Axe().run(stage.page, options=TAGS).response["violations"]
    assert [one["id"] for one in found] == []
    stage.page.set_viewport_size({"width": 320, "height": 800})
    wide = "() => document.documentElement.scrollWidth <= 320"
    stage.page.wait_for_function(wide)
    stage.page.set_viewport_size({"width": 1440, "height": 900})
