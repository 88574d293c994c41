/**
 * The bet: who will be first? Before the first step one may choose; at the end it is said.
 *
 * @import {Frame} from "../../core/types.js"
 * @import {Page} from "../../core/page.js"
 */

import { button, element, setText } from "../../core/dom.js";
import { RACERS, SHORT, TOKENS, labelsOf } from "./racers.js";

export class Bet {
  #page;
  #title = element("p", { class: "race-bet-title" });
  #choices = element("div", { class: "race-bet-choices", role: "group", "aria-label": "Bet on" });
  /** @type {HTMLButtonElement[]} */
  #buttons;
  #again = button("Restart, to bet again", { class: "button-small" });

  /** @param {HTMLElement} root @param {Page} page */
  constructor(root, page) {
    this.#page = page;
    this.#buttons = RACERS.map((kind, i) => {
      const choice = button(SHORT[i], { class: "button-small race-choice" });
      choice.style.setProperty("--swatch", `var(--${TOKENS[i]})`);
      choice.addEventListener("click", () => page.act("bet", { racer: kind }));
      return choice;
    });
    this.#choices.append(...this.#buttons);
    this.#again.addEventListener("click", () => page.reset());
    root.append(this.#title, this.#choices, this.#again);
    page.onEvent("raced", ({ data }) => page.announce(`The race is over. ${data.text}`));
  }

  /** @param {Frame} frame */
  show({ arrays, scalars, step, head }) {
    const bet = arrays.get("bet")?.data[0] ?? -1;
    const open = step === 0 && head === 0;
    for (let i = 0; i < this.#buttons.length; i++) {
      this.#buttons[i].setAttribute("aria-pressed", String(i === bet));
    }
    this.#choices.hidden = !open;
    this.#again.hidden = open;
    const names = labelsOf(this.#page.controls);
    const yours = bet < 0 ? "" : `You bet on ${names[bet]}`;
    const { winner, bet_right: right } = scalars;
    if (winner !== undefined) {
      const verdict = right === undefined ? "" : right ? `${yours}, and were right.` : `${yours}.`;
      setText(this.#title, `${names[winner]} was first. ${verdict}`);
      return;
    }
    const asked = open ? "Who will be first? Place your bet before the start." : "The race is on.";
    setText(this.#title, yours ? `${yours}. ${open ? "You may still change it." : asked}` : asked);
  }
}
