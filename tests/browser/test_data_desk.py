"""The desk at which people bring data, on the page of backprop: pasted, read from a file, drawn."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.test_accessibility import violations

FRUIT = "\n".join(
    ["size;sour;fruit", *(f"{n / 8:g};{n % 3};pear".replace(".", ",") for n in range(9, 15))]
    + [f"{n / 8:g};{n % 3};plum".replace(".", ",") for n in range(1, 7)]
)


class Desk:
    """The page as a person sees it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, query: str = "") -> None:
        self.page.goto(f"/e/backprop{query}")
        expect(self.page.locator("transport-bar .caption")).to_contain_text("step")

    def begin(self) -> None:
        self.page.get_by_role("button", name="Your data …").click()
        expect(self.text).to_be_visible()

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog", name="Your data")

    @property
    def text(self) -> Locator:
        return self.dialog.get_by_label("The table")

    @property
    def problem(self) -> Locator:
        return self.dialog.locator(".desk-paste > .control-problem")

    @property
    def understood(self) -> Locator:
        return self.dialog.locator(".desk-understood")

    @property
    def data(self) -> Locator:
        return self.page.locator("[data-control=data] select")

    @property
    def samples(self) -> Locator:
        """How many points the stage has to choose an example from."""
        return self.page.locator("[data-example]")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def paste(self, text: str) -> None:
        self.text.fill(text)
        use = self.button("Train on this table")
        expect(use).to_be_enabled()
        use.click()
        expect(self.dialog).to_have_count(0)

    def share(self) -> str:
        self.button("Share").click()
        expect(self.page.locator("share-button button").first).to_have_text(re.compile("^Cop"))
        return self.page.url


@pytest.fixture(scope="module")
def opened(still_page: Page) -> Desk:
    """One page for all that is tried here."""
    return Desk(still_page)


@contextmanager
def elsewhere(browser: Browser, server) -> Iterator[Desk]:
    """Another person's browser."""
    context = browser.new_context(base_url=server.url)
    yield Desk(context.new_page())
    context.close()


@pytest.fixture
def desk(opened: Desk) -> Desk:
    opened.open()
    return opened


def test_pasted_data_without_a_table_open_the_desk_and_stay_as_they_were(desk):
    desk.data.select_option("pasted")
    expect(desk.text).to_be_visible()
    assert violations(desk.page, ".desk-dialog") == []
    desk.button("Close").click()
    expect(desk.page.locator("[data-control=data]")).to_contain_text("no table has come along")
    expect(desk.data).to_have_value("xor4")


def test_a_mistake_is_named_by_line_and_column_beside_the_field_and_found_by_a_click(desk):
    desk.begin()
    desk.text.fill(FRUIT.replace("1,375;2", "1,375;n/a"))
    expect(desk.problem).to_have_text('line 4, column 2 ("sour"): expected a number, got "n/a"')
    expect(desk.dialog.locator(".desk-lines [data-wrong]")).to_have_text("1,375;n/a;pear")
    expect(desk.button("Train on this table")).to_be_disabled()
    assert violations(desk.page, ".desk-dialog") == []
    desk.button("Go to line 4").click()
    selected = "(field) => field.value.slice(field.selectionStart, field.selectionEnd)"
    assert desk.text.evaluate(selected) == "1,375;n/a;pear"
    desk.page.keyboard.type("1,375;2;pear")
    expect(desk.understood).to_contain_text("12 rows, semicolons between the columns")
    expect(desk.understood).to_contain_text("decimal commas")
    expect(desk.problem).to_be_hidden()


def test_what_is_learned_and_as_what_can_be_chosen_and_what_cannot_is_taken_back(desk):
    desk.begin()
    desk.text.fill(FRUIT)
    expect(desk.understood).to_contain_text("fruit is taken as 2 classes: pear (6), plum (6)")
    desk.understood.get_by_label("Taken as").select_option("value")
    said = desk.understood.locator(".control-problem")
    expect(said).to_have_text('line 2, column 3 ("fruit"): expected a number, got "pear"')
    expect(desk.understood.get_by_label("Taken as")).to_have_value("classes")
    desk.text.fill(FRUIT.replace("pear", "0").replace("plum", "1"))
    expect(desk.understood).to_contain_text("only 2 different ones")
    desk.understood.get_by_label("To be learned").select_option("size")
    expect(desk.understood).to_contain_text("size is taken as a value")
    desk.text.fill("1,2;0\n3,2;0\n5,4;7\n7,4;7")
    expect(desk.problem).to_contain_text("both commas and semicolons")
    desk.dialog.get_by_label("Between columns").select_option(label="semicolons")
    expect(desk.understood).to_contain_text("with decimal commas")


def test_a_file_is_read_in_the_browser_and_one_that_is_no_text_is_refused(desk):
    desk.begin()
    chooser = desk.dialog.locator("input[type=file]")
    umlaut = FRUIT.replace("pear", "Gräfin")
    chooser.set_input_files(
        {"name": "old.csv", "mimeType": "text/csv", "buffer": umlaut.encode("latin-1")}
    )
    expect(desk.problem).to_contain_text("old.csv: expected a text in UTF-8")
    long = b"1,2\n" * 60_000
    chooser.set_input_files({"name": "long.csv", "mimeType": "text/csv", "buffer": long})
    expect(desk.problem).to_have_text("long.csv: expected at most 200 kB, got 240 kB")
    chooser.set_input_files({"name": "new.csv", "mimeType": "text/csv", "buffer": umlaut.encode()})
    expect(desk.understood).to_contain_text("Gräfin (6)")


def test_a_small_table_is_trained_on_stays_through_a_restart_and_travels_in_the_link(
    desk, browser, server
):
    desk.begin()
    desk.paste(FRUIT)
    expect(desk.data).to_have_value("pasted")
    expect(desk.samples).to_contain_text("of 9")  # a quarter is held back
    expect(desk.page.locator("plane-view")).to_contain_text("plum")
    desk.button("New seed").click()
    expect(desk.samples).to_contain_text("of 9")
    desk.button("One step forward").click()
    expect(desk.page.locator("transport-bar .caption")).to_contain_text(re.compile(r"step 1\b"))
    link = desk.share()
    expect(desk.page.locator("stage-notices .notice")).to_have_count(0)
    with elsewhere(browser, server) as there:
        there.page.goto(link)
        expect(there.samples).to_contain_text("of 9")
        caption = there.page.locator("transport-bar .caption")
        expect(caption).to_contain_text(re.compile(r"step 1\b"))
        expect(there.page.locator("plane-view")).to_contain_text("plum")
        there.begin()
        expect(there.text).to_have_value(FRUIT)


def test_a_table_too_long_for_a_link_is_left_out_and_whoever_opens_it_is_told(
    desk, browser, server
):
    desk.begin()
    rows = (f"{n * 7919 % 10007},{n * 104729 % 99991},{n % 2}" for n in range(1500))
    desk.paste("\n".join(rows))
    link = desk.share()
    notice = desk.page.locator("stage-notices .notice")
    expect(notice).to_contain_text(
        re.compile(r"Your data does not fit into a link \([\d,]+ of at most 6,000 characters\)")
    )
    expect(notice).to_contain_text("send those as a file")
    with elsewhere(browser, server) as there:
        there.page.goto(link)
        told = there.page.locator("stage-notices .notice")
        expect(told).to_contain_text("no table has come along; open “Your data” and paste one")
        expect(there.data).to_have_value("xor4")
        expect(there.dialog).to_have_count(0)


def test_a_value_to_be_learned_from_one_column_is_drawn_above_that_column(desk):
    desk.begin()
    desk.paste("width,area\n" + "".join(f"{n / 10},{n * n / 100}\n" for n in range(12)))
    plane = desk.page.locator(".backprop plane-view")
    expect(plane).to_have_attribute("y-label", "value")
    expect(plane).to_have_attribute("x-label", "width")
    expect(desk.page.locator("stage-notices .notice")).to_have_count(0)
    heights = plane.evaluate("({ points }) => [points.y(0), points.y(1)]")
    assert heights[0] != heights[1]


def test_points_are_drawn_with_pointer_and_keys_and_trained_on(desk):
    desk.begin()
    desk.page.get_by_role("tab", name="Draw points").click()
    plane = desk.dialog.locator("plane-view")
    expect(desk.dialog).to_contain_text("10 points: 5 of class 1, 5 of class 2.")
    desk.dialog.get_by_label("class 3").check()
    box = plane.locator(".plane-box").bounding_box()
    desk.page.mouse.click(box["x"] + box["width"] * 0.55, box["y"] + box["height"] * 0.5)
    expect(desk.dialog).to_contain_text("11 points: 5 of class 1, 5 of class 2, 1 of class 3.")
    assert violations(desk.page, ".desk-dialog") == []
    cell = plane.get_by_role("gridcell")
    cell.focus()
    for key in ("Enter", "Shift+ArrowUp"):
        desk.page.keyboard.press(key)
    desk.dialog.get_by_label("class 4").check()
    expect(desk.dialog).to_contain_text("11 points: 4 of class 1, 5 of class 2, 1 of class 3, 1")
    desk.button("Take the chosen point away").click()
    expect(desk.dialog).to_contain_text("10 points: 4 of class 1, 5 of class 2, 1 of class 3.")
    desk.button("Train on these points").click()
    expect(desk.dialog).to_have_count(0)
    expect(desk.data).to_have_value("drawn")
    expect(desk.samples).to_contain_text("of 10")
    expect(desk.page.locator("plane-view")).to_contain_text("class 3")
    desk.page.get_by_role("button", name="Your data …").click()
    expect(desk.dialog).to_contain_text("10 points: 4 of class 1, 5 of class 2, 1 of class 3.")


def test_a_drawing_of_one_class_cannot_be_trained_on(desk):
    desk.begin()
    desk.page.get_by_role("tab", name="Draw points").click()
    desk.button("Clear").click()
    expect(desk.dialog).to_contain_text("No points yet.")
    desk.dialog.get_by_label("class 2").check()
    box = desk.dialog.locator(".plane-box").bounding_box()
    desk.page.mouse.click(box["x"] + box["width"] / 3, box["y"] + box["height"] / 3)
    expect(desk.dialog).to_contain_text("1 point: 1 of class 2.")
    expect(desk.button("Train on these points")).to_be_disabled()
