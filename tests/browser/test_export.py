"""Taking a run away from its page: code, files, and a picture of the stage."""

import csv
import json
import subprocess
import sys
import xml.etree.ElementTree as ET
import zipfile
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from engine.export.textbook.training import shown
from tests.browser.test_accessibility import open_digits, open_page, violations  # noqa: F401
from tests.conftest import Problems
from tests.engine.exported import printed_losses
from tests.serving import Server

SVG = "{http://www.w3.org/2000/svg}"
QUERY = "?filters=4&step=23"


@pytest.fixture(scope="module")
def opened(browser: Browser, server: Server) -> Iterator[Page]:
    """A page at step 23, shared by the tests, which leave it as they found it."""
    problems = Problems()
    context = browser.new_context(base_url=server.url, viewport={"width": 1440, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    problems.watch(page, urlsplit(server.url).netloc)
    page.goto(f"/e/digits{QUERY}")
    expect(page.locator("transport-bar .caption")).to_contain_text("step 23")
    yield page
    context.close()
    assert problems == []


def tool(page: Page, name: str) -> Locator:
    return page.locator(".tools").get_by_role("button", name=name, exact=True)


def open_code(page: Page) -> Locator:
    """Open the dialog with the keyboard."""
    tool(page, "Code").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Code")
    expect(dialog.locator(".code-text")).to_contain_text("np.savez")
    return dialog


def download(page: Page, button: Locator, folder: Path) -> Path:
    with page.expect_download() as caught:
        button.click()
    path = folder / caught.value.suggested_filename
    caught.value.save_as(path)
    return path


def take(page: Page, name: str, folder: Path) -> Path:
    """Take something of the menu Export, whose names end with the kind of file."""
    tool(page, "Export").click()
    return download(page, page.get_by_role("menuitem", name=name, exact=True), folder)


def test_code_opens_by_keyboard_shows_both_libraries_and_closes(opened):
    dialog = open_code(opened)
    expect(dialog).to_contain_text("first weights (seed 1) and minibatches, up to step 23")
    expect(dialog.get_by_role("tab", selected=True)).to_have_text("NumPy")
    expect(dialog.locator(".code-text")).to_contain_text("def conv2d_backward(")
    dialog.get_by_role("tab", name="NumPy").focus()
    opened.keyboard.press("ArrowRight")
    expect(dialog.locator(".code-text")).to_contain_text("nn.Conv2d(1, 4, 3, padding=1)")
    expect(dialog.get_by_role("tab", selected=True)).to_have_text("PyTorch")
    expect(dialog.get_by_role("tab", selected=True)).to_be_focused()
    opened.keyboard.press("Space")
    opened.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(tool(opened, "Code")).to_be_focused()
    expect(tool(opened, "Code").page.locator("transport-bar .caption")).to_contain_text("step 23")


def test_the_script_that_is_downloaded_prints_the_losses_as_the_page_writes_them(opened, tmp_path):
    dialog = open_code(opened)
    script = download(opened, dialog.get_by_role("button", name="Download the script"), tmp_path)
    data = download(opened, dialog.get_by_role("button", name="Download its data"), tmp_path)
    assert script.stem == data.stem
    expect(dialog.locator(".code-how")).to_contain_text(f"python {script.name}")
    dialog.get_by_role("button", name="Copy").click()
    expect(dialog.get_by_text("Copied")).to_be_visible()
    copied = opened.evaluate("navigator.clipboard.readText()")
    assert copied == script.read_text()
    opened.keyboard.press("Escape")
    done = subprocess.run(
        [sys.executable, script.name], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    printed = printed_losses(done.stdout)
    on_page = losses_on_page(opened)
    assert printed == {step: on_page[step] for step in (*range(1, 21), 23)}


def losses_on_page(page: Page) -> dict[int, str]:
    """The table of the losses, as people read it."""
    page.locator("line-chart[label='loss'] [tabindex='0']").first.press("t")
    rows = page.get_by_role("dialog").get_by_role("row").all_inner_texts()
    cells = [row.split("\t") for row in rows[1:]]
    page.keyboard.press("Escape")
    return {int(step): loss for step, loss, *_ in cells if int(step)}


def test_numbers_are_written_in_python_as_in_the_browser(opened):
    numbers = [*np.random.default_rng(1).lognormal(0, 6, 500), 0, 0.5, 1.125, 999.5, 1234.5, 1e6]
    numbers = np.float32(numbers).tolist()
    module = opened.locator("script[src*='exhibit-page.js']").get_attribute("src")
    assert module is not None
    written = opened.evaluate(
        """async ([address, numbers]) => {
          const { significant } = await import(address);
          return numbers.map(significant);
        }""",
        [module.replace("exhibit-page.js", "core/format.js"), numbers],
    )
    assert [text.replace("\N{MINUS SIGN}", "-") for text in written] == list(map(shown, numbers))


def test_the_menu_is_walked_with_arrows_and_left_with_escape(opened):
    tool(opened, "Export").focus()
    opened.keyboard.press("Enter")
    items = opened.get_by_role("menuitem")
    expect(items.first).to_be_focused()
    opened.keyboard.press("ArrowUp")
    expect(items.last).to_be_focused()
    opened.keyboard.press("ArrowDown")
    expect(items.first).to_be_focused()
    opened.keyboard.press("Escape")
    expect(items.first).to_be_hidden()
    expect(tool(opened, "Export")).to_be_focused()
    expect(tool(opened, "Export")).to_have_attribute("aria-expanded", "false")


def test_axe_finds_nothing_in_the_open_menu_and_the_code(open_page: Page):  # noqa: F811
    open_page.set_viewport_size({"width": 390, "height": 844})
    open_digits(open_page)
    tool(open_page, "Export").click()
    # the open menu lies over the stage: what it half covers is not to be pressed just then
    assert violations(open_page, within="header") == []
    open_page.keyboard.press("Escape")
    open_code(open_page)
    assert violations(open_page) == []


def test_weights_metrics_notebook_and_all_of_it_arrive(opened, tmp_path):
    with np.load(take(opened, "Weights .npz", tmp_path), allow_pickle=False) as weights:
        assert weights["conv1.W"].shape == (4, 1, 3, 3)
    with take(opened, "Metrics .csv", tmp_path).open() as file:
        rows = list(csv.DictReader(file))
    assert [int(row["step"]) for row in rows] == list(range(24))
    book = json.loads(take(opened, "Notebook .ipynb", tmp_path).read_text())
    assert book["nbformat"] == 4
    with zipfile.ZipFile(take(opened, "All of it .zip", tmp_path)) as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) == 6


def test_the_picture_is_plain_svg_with_what_is_on_the_stage(opened, tmp_path):
    path = take(opened, "Picture of the stage .svg", tmp_path)
    assert path.name == "digits-step23.svg"
    root = ET.parse(path).getroot()
    texts = [text.text for text in root.iter(f"{SVG}text")]
    assert texts[:2] == ["A network learns to read", "step 23 · seed 1"]
    assert "softmax" in texts
    assert "What excites filter" in texts
    assert not list(root.iter(f"{SVG}foreignObject"))
    stage = opened.locator("[data-stage]")
    canvases = stage.locator("canvas").filter(visible=True).count()
    assert len(list(root.iter(f"{SVG}image"))) >= canvases > 10


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_png_is_twice_as_large_and_shows_the_stage_in_its_theme(opened, tmp_path, scheme):
    opened.emulate_media(color_scheme=scheme)
    drawn = take(opened, "Picture of the stage .svg", tmp_path)
    path = take(opened, "Picture of the stage .png", tmp_path)
    opened.emulate_media(color_scheme="light")
    size = [int(ET.parse(drawn).getroot().get(side, "0")) for side in ("width", "height")]
    content = path.read_bytes()
    assert content.startswith(b"\x89PNG")
    assert [int.from_bytes(content[at : at + 4]) for at in (16, 20)] == [2 * one for one in size]
    paper, colours = opened.evaluate(
        """async (text) => {
          const bytes = Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
          const blob = new Blob([bytes], { type: "image/png" });
          const image = await createImageBitmap(blob);
          const canvas = new OffscreenCanvas(image.width, image.height);
          const context = canvas.getContext("2d");
          context.drawImage(image, 0, 0);
          const { data } = context.getImageData(0, 0, image.width, image.height);
          const found = new Set();
          for (let at = 0; at < data.length; at += 4 * 7) {
            found.add((data[at] << 16) | (data[at + 1] << 8) | data[at + 2]);
          }
          return [data[0], found.size];
        }""",
        b64encode(content).decode(),
    )
    assert (paper > 200) == (scheme == "light")
    assert colours > 200


def test_what_the_server_refuses_is_said_on_the_page(page: Page, problems: Problems):
    page.goto(f"/e/digits{QUERY}")
    expect(page.locator("transport-bar .caption")).to_contain_text("step 23")
    refusal = {"detail": "arrays: expected at most 64 MiB of samples and weights, got 90 MiB"}
    page.route("**/export/**", lambda route: route.fulfill(status=413, json=refusal))
    tool(page, "Export").click()
    page.get_by_role("menuitem", name="Weights .npz").click()
    expect(page.locator("stage-notices")).to_contain_text("got 90 MiB")
    tool(page, "Code").click()
    expect(page.get_by_role("dialog", name="Code")).to_contain_text("got 90 MiB")
    assert all("413" in problem for problem in problems)
    problems.clear()
