"""The whole way by keyboard alone: from an answer down to a pixel, up to the loss, and a link."""

import re

from playwright.sync_api import Page, expect

from tests.browser.test_link import Sharing

DOWN = (
    *("dense1.z", "dropout.y", "flatten.y", "pool2.y", "act2.a", "conv2.z"),
    *("pool1.y", "act1.a", "conv1.z", "conv1.x"),
)
UP = (
    *("conv1.z", "act1.a", "pool1.y", "conv2.z", "act2.a", "pool2.y"),
    *("flatten.y", "dropout.y", "dense1.z", "softmax.a", "stage.loss"),
)


def test_from_a_bar_down_to_a_pixel_and_up_to_the_loss_without_a_pointer(page: Page):
    stage = Sharing(page).open()
    keyboard = page.keyboard
    for _ in range(3):
        keyboard.press("ArrowRight")
    stage.expect_step(3)
    stage.tab_to(stage.cell("softmax"))
    keyboard.press("Enter")
    stage.expect_name(r"^softmax\.a\[0,0\]")
    keyboard.press("w")
    for tensor in DOWN:
        stage.tab_to(stage.links(tensor).first)
        keyboard.press("Enter")
        stage.expect_name(rf"^{re.escape(tensor)}\[")
    for tensor in UP:
        stage.tab_to(stage.ledger.locator(f".feeds .ledger-link[data-tensor='{tensor}']").first)
        keyboard.press("Enter")
        stage.expect_name(rf"^{re.escape(tensor)}(\[|$)")
    loss = stage.value
    assert loss > 0
    page.wait_for_url(re.compile(r"step=3.*pick=stage\.loss"))
    page.reload()
    stage.expect_name(r"^stage\.loss$")
    stage.expect_step(3)
    assert stage.value == loss
    keyboard.press("Escape")
    expect(stage.ledger.locator(".ledger-entry")).to_be_hidden()
