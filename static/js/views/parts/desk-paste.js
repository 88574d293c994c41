/**
 * Pasting a table: a field for the text, a file that is read in the browser, and beside them what
 * the engine understood, or on which line it stopped. What the text leaves open, a person chooses.
 *
 * @typedef {{name: string, low: number, high: number, mean: number}} Column
 * @typedef {object} Report  what the engine understood; see `Table.report` in engine/data/table.py
 * @property {number} rows
 * @property {string} target
 * @property {Column[]} inputs
 * @property {{name: string, count: number}[]} [classes]
 * @property {{low: number, high: number, mean: number}} [value]
 * @property {string} separator
 * @property {string} decimal
 * @property {boolean} header
 * @property {"classes" | "value"} kind
 * @property {string} why
 */

import { button, element, setText, uniqueId } from "../../core/dom.js";
import { count, significant } from "../../core/format.js";

/** How long nobody must type before it is read, ms. */
const PAUSE = 300;

/** JSON writes some characters longer than they are; a message may be so many times as long. */
const MOST_LONGER = 1.5;

/** What the text leaves open. @type {readonly {name: string, label: string, options: readonly [unknown, string][]}[]} */
const READING = [
  { name: "separator", label: "Between columns", options: [[",", "commas"], [";", "semicolons"], ["\t", "tabs"]] },
  { name: "decimal", label: "Decimals", options: [[".", "with a point"], [",", "with a comma"]] },
  { name: "header", label: "First line", options: [[true, "names the columns"], [false, "is data"]] },
];
const KINDS = /** @type {const} */ ([["classes", "classes"], ["value", "a value"]]);
/** @type {Record<string, string>} */
const SEPARATORS = { ",": "commas", ";": "semicolons", "\t": "tabs" };

export class PasteTab {
  #ask;
  #bring;
  #told = { bytes: Infinity, example: "" };
  #timer = 0;
  /** What was chosen against the text, by name. @type {Record<string, unknown>} */
  #chosen = {};
  /** What had been chosen and understood before another column or kind was. @type {Record<string, unknown> | null} */
  #before = null;
  /** Of the text that stands there, once it was understood. @type {Report | null} */
  #report = null;
  #problem = element("p", { class: "control-problem", role: "alert", id: uniqueId("desk-problem"), hidden: true });
  #line = element("div", { class: "desk-line", hidden: true });
  #field = element("textarea", {
    class: "desk-text",
    id: uniqueId("desk-text"),
    rows: 9,
    spellcheck: "false",
    autocomplete: "off",
    wrap: "off",
    "aria-describedby": this.#problem.id,
  });
  #file = element("input", { type: "file", class: "visually-hidden", id: uniqueId("desk-file"), accept: ".csv,.tsv,.txt,text/*" });
  #understood = element("div", { class: "desk-understood", role: "status" });
  #reading = element("details", { class: "more" });
  /** @type {Map<string, HTMLSelectElement>} */
  #selects = new Map();
  #example = button("Use an example", { class: "button-small" });
  #use = button("Train on this table", { class: "button-primary" });

  /**
   * @param {object} to
   * @param {(args: Record<string, unknown>) => void} to.ask
   * @param {(args: Record<string, unknown>) => void} to.bring
   */
  constructor({ ask, bring }) {
    this.#ask = ask;
    this.#bring = bring;
    this.#example.addEventListener("click", () => this.#write(this.#told.example));
    this.#field.addEventListener("input", () => this.#later());
    this.#file.addEventListener("change", () => void this.#readFile(this.#file.files?.[0]));
    this.#use.addEventListener("click", () => this.#bring(this.#args()));
    this.#reading.append(
      element("summary", {}, "Read it otherwise"),
      element("div", { class: "desk-choices" }, ...READING.map((one) => this.#select(one.name, one.label, one.options))),
    );
    this.root = element(
      "div",
      { class: "desk-paste" },
      element(
        "p",
        { class: "desk-how" },
        "One row a line, numbers in columns, one column to be learned: a class or a value. Copy it from a spreadsheet, or open a CSV file. It goes to this server alone, and stays with your session.",
      ),
      element("label", { class: "desk-label", for: this.#field.id }, "The table"),
      this.#field,
      this.#problem,
      this.#line,
      element(
        "div",
        { class: "desk-tools" },
        this.#file,
        element("label", { for: this.#file.id, class: "button button-small" }, "Open a file …"),
        this.#example,
      ),
      this.#reading,
      this.#understood,
      element("div", { class: "notice-actions" }, this.#use),
    );
    this.root.addEventListener("dragover", (event) => event.preventDefault());
    this.root.addEventListener("drop", (event) => {
      const file = event.dataTransfer?.files[0];
      if (!file) return; // text is dropped into the field by the browser
      event.preventDefault();
      void this.#readFile(file);
    });
    this.#clear();
  }

  end() {
    clearTimeout(this.#timer);
  }

  /** What was pasted before. @param {Record<string, unknown> | null} args */
  take(args) {
    if (!args) return;
    const { csv, ...chosen } = args;
    this.#field.value = String(csv);
    this.#chosen = chosen;
    for (const { name, options } of READING) {
      const at = options.findIndex(([value]) => value === chosen[name]);
      const select = this.#selects.get(name);
      if (select) select.value = String(at);
      if (at >= 0) this.#reading.open = true;
    }
    this.#read();
  }

  /** @param {{bytes: number, example: string}} told  the longest text, and one to try */
  begin(told) {
    this.#told = told;
  }

  /** The engine understood the text that was read last. @param {Report} report */
  understood(report) {
    this.#report = report;
    this.#before = null;
    this.#say("");
    this.#use.disabled = false;
    this.#understood.replaceChildren(...this.#inWords(report));
  }

  /**
   * The text, or a choice, was refused.
   *
   * @param {string} field
   * @param {string} text
   */
  reject(field, text) {
    const report = this.#report;
    if (this.#before && report) return this.#takeBack(text, report, this.#before);
    this.#clear();
    if (field === "target" || field === "kind") {
      // chosen of columns that this text does not have
      delete this.#chosen.target;
      delete this.#chosen.kind;
      return this.#read();
    }
    this.#say(text);
    if (text.endsWith("choose one")) this.#reading.open = true;
    const line = /^line (\d+)/.exec(text);
    if (line) this.#showLine(Number(line[1]), text.endsWith("or choose classes"));
  }

  /**
   * A column or kind that was chosen does not go with the text: say so, and leave it as it was.
   *
   * @param {string} text
   * @param {Report} report
   * @param {Record<string, unknown>} before
   */
  #takeBack(text, report, before) {
    this.#chosen = before;
    this.understood(report);
    const problem = element("p", { class: "control-problem", role: "alert" }, text);
    this.#understood.querySelector(".desk-choices")?.after(problem);
  }

  #clear() {
    this.#report = this.#before = null;
    this.#use.disabled = true;
    this.#line.hidden = true;
    this.#understood.replaceChildren(
      element("p", { class: "desk-said" }, "What is understood of it will stand here."),
    );
  }

  /** @param {string} text */
  #say(text) {
    setText(this.#problem, text);
    this.#problem.hidden = text === "";
    this.#line.hidden = true;
    if (text) this.#field.setAttribute("aria-invalid", "true");
    else this.#field.removeAttribute("aria-invalid");
  }

  /**
   * Show a line of the text with its neighbours.
   *
   * @param {number} number  from 1
   * @param {boolean} asClasses  whether it could be taken for classes
   */
  #showLine(number, asClasses) {
    const lines = this.#field.value.split(/\r\n|\r|\n/);
    const around = lines.slice(Math.max(0, number - 2), number + 1);
    const first = Math.max(1, number - 1);
    const go = button(`Go to line ${number}`, { class: "button-small" });
    const classes = button("Take it as classes", { class: "button-small" });
    classes.addEventListener("click", () => {
      this.#chosen.kind = "classes";
      this.#read();
    });
    go.addEventListener("click", () => {
      // a field counts each end of a line as one character, however it came
      const before = lines.slice(0, number - 1).join("\n").length + (number > 1 ? 1 : 0);
      this.#field.focus();
      this.#field.setSelectionRange(before, before + (lines[number - 1] ?? "").length);
    });
    this.#line.replaceChildren(
      element(
        "ol",
        { start: first, class: "desk-lines" },
        ...around.map((text, i) => element("li", { value: first + i, "data-wrong": first + i === number }, text || " ")),
      ),
      element("div", { class: "desk-tools" }, go, ...(asClasses ? [classes] : [])),
    );
    this.#line.hidden = false;
  }

  /** @param {File | undefined} file */
  async #readFile(file) {
    this.#file.value = ""; // the same file may be chosen again
    if (!file) return;
    if (file.size > this.#told.bytes) return this.#tooLong(file.name, file.size);
    try {
      const text = new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
      this.#write(text);
    } catch {
      this.#clear();
      this.#say(`${file.name}: expected a text in UTF-8, got other bytes; save it as “CSV UTF-8”.`);
    }
  }

  /** @param {string} text */
  #write(text) {
    this.#field.value = text;
    this.#chosen = {};
    for (const select of this.#selects.values()) select.value = "-1";
    this.#read();
  }

  /** @param {string} name @param {number} bytes */
  #tooLong(name, bytes) {
    this.#clear();
    this.#say(`${name}: expected at most ${count(this.#told.bytes / 1000)} kB, got ${count(Math.ceil(bytes / 1000))} kB`);
  }

  #later() {
    clearTimeout(this.#timer);
    this.#use.disabled = true; // until the text is read that stands there
    this.#report = this.#before = null;
    this.#timer = setTimeout(() => this.#read(), PAUSE);
  }

  #args() {
    return { csv: this.#field.value, ...this.#chosen };
  }

  #read() {
    clearTimeout(this.#timer);
    this.#use.disabled = true;
    const { value } = this.#field;
    if (value.trim() === "") {
      this.#clear();
      return this.#say("");
    }
    const { length } = new TextEncoder().encode(value);
    if (length > this.#told.bytes) return this.#tooLong("The table", length);
    // what would be longer than a message of the wire may be is not sent: the server would hang up
    const said = new TextEncoder().encode(JSON.stringify(value)).length;
    if (said > MOST_LONGER * this.#told.bytes) {
      this.#clear();
      return this.#say("expected a text, got too many characters that are no letters");
    }
    this.#ask(this.#args());
  }

  /**
   * @param {string} name
   * @param {string} label
   * @param {readonly (readonly [unknown, string])[]} options
   */
  #select(name, label, options) {
    const select = element("select", {}, new Option("as written", "-1"));
    for (const [at, [, text]] of options.entries()) select.add(new Option(text, String(at)));
    select.addEventListener("change", () => {
      const at = Number(select.value);
      if (at < 0) delete this.#chosen[name];
      else this.#chosen[name] = options[at][0];
      this.#read();
    });
    this.#selects.set(name, select);
    return element("label", { class: "desk-choice" }, label, element("span", { class: "picker" }, select));
  }

  /** @param {Report} report */
  #inWords(report) {
    const { rows, target, inputs, classes, value, separator, decimal, header, kind, why } = report;
    const named = header ? "The first line names the columns" : "There is no line of names";
    const marks = decimal === "," ? ", with decimal commas" : "";
    const parts = [`${count(rows)} rows, ${SEPARATORS[separator]} between the columns${marks}. ${named}.`];
    const learned = element("div", { class: "desk-choices" });
    const columns = [...inputs.map(({ name }) => name), target];
    learned.append(
      this.#choice("target", "To be learned", columns.map((name) => [name, name]), target),
      this.#choice("kind", "Taken as", KINDS, kind),
    );
    const cells = inputs.map(({ name, low, high, mean }) => row(name, "goes in", low, mean, high));
    cells.push(row(target, "is learned", value?.low, value?.mean, value?.high));
    const table = element(
      "table",
      { class: "desk-table" },
      element(
        "thead",
        {},
        element("tr", {}, ...["column", "", "least", "mean", "greatest"].map((text) => element("th", { scope: "col" }, text))),
      ),
      element("tbody", {}, ...cells),
    );
    const counted = (classes ?? []).map(({ name, count: n }) => `${name} (${count(n)})`);
    const of = counted.length > 0 ? `${counted.length} classes: ${counted.join(", ")}` : "a value, which is brought to scale";
    return [
      element("p", {}, ...parts),
      learned,
      element("p", {}, `${target} is taken as ${of}${why ? `, because ${why}` : ""}.`),
      element("div", { class: "desk-scroll", tabindex: "0", role: "region", "aria-label": "What was understood" }, table),
    ];
  }

  /**
   * A choice that only a text which was understood offers.
   *
   * @param {string} name
   * @param {string} label
   * @param {readonly (readonly [string, string])[]} options
   * @param {string} now
   */
  #choice(name, label, options, now) {
    const select = element("select", { "data-choice": name });
    for (const [value, text] of options) select.add(new Option(text, value));
    select.value = now;
    select.addEventListener("change", () => {
      this.#before = { ...this.#chosen };
      this.#chosen[name] = select.value;
      if (name === "target") delete this.#chosen.kind; // it was chosen for another column
      this.#read();
    });
    return element("label", { class: "desk-choice" }, label, element("span", { class: "picker" }, select));
  }
}

/**
 * @param {string} name
 * @param {string} role
 * @param {...(number | undefined)} numbers
 */
function row(name, role, ...numbers) {
  const cells = numbers.map((value) => element("td", {}, value === undefined ? "" : significant(value)));
  return element("tr", {}, element("th", { scope: "row" }, name), element("td", {}, role), ...cells);
}
