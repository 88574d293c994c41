/**
 * Where a number goes: links forward, to the numbers that are made of it.
 *
 * @import {Reference} from "../../core/types.js"
 */

import { button, element, setText } from "../../core/dom.js";
import { count } from "../../core/format.js";
import { makeLink, speakOf, writeLink } from "./ledger-links.js";
import { nameOf } from "./ledger-words.js";

const MOST = 6;

export class LedgerFeeds {
  list = element("ul", { class: "feeds", role: "list" });
  all = button("", { class: "button-small button-quiet" });
  element = element(
    "section",
    { class: "ledger-feeds" },
    element("h3", { class: "label" }, "Where it goes"),
    this.list,
    this.all,
  );
  /** @type {readonly Reference[]} */
  feeds = [];
  key = "";
  unfolded = false;

  constructor() {
    this.all.addEventListener("click", () => {
      this.unfolded = true;
      this.write();
      this.list.querySelectorAll("button")[MOST]?.focus();
    });
  }

  /** Another number's feeds come. */
  clear() {
    this.unfolded = false;
    this.show([]);
  }

  /** @param {readonly Reference[]} feeds */
  show(feeds) {
    this.element.hidden = feeds.length === 0;
    const key = feeds.map(nameOf).join();
    if (key === this.key) return;
    this.key = key;
    this.feeds = feeds;
    this.write();
  }

  write() {
    const { feeds } = this;
    const shown = this.unfolded ? feeds : feeds.slice(0, MOST);
    const items = this.list.children;
    while (items.length > shown.length) items[items.length - 1].remove();
    while (items.length < shown.length) this.list.append(element("li", {}, makeLink()));
    for (const [i, feed] of shown.entries()) {
      const link = items[i].firstElementChild;
      if (link instanceof HTMLButtonElement) writeLink(link, nameOf(feed), feed, null);
      speakOf(items[i], [feed]);
    }
    this.all.hidden = shown.length === feeds.length;
    setText(this.all, `${count(feeds.length - shown.length)} more`);
  }
}
