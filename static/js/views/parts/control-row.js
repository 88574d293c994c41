/**
 * One control: its label, its field, its range and unit, and why a value was not taken.
 *
 * @import {ChoiceControl, Control, SliderControl, TextControl, Value} from "../../core/types.js"
 */

import { element, uniqueId } from "../../core/dom.js";
import { significant } from "../../core/format.js";
import { scaleOf } from "./scale.js";

/**
 * @typedef {object} Row
 * @property {HTMLElement} root
 * @property {(value: Value) => void} show
 * @property {() => boolean} held  whether somebody is in the middle of changing it
 * @property {(text: string) => void} reject  say why; empty takes it back
 *
 * @typedef {(value: Value) => void} Commit
 *
 * @typedef {object} Field
 * @property {HTMLElement} main  what the label names
 * @property {HTMLElement[]} beside  in the label's line
 * @property {HTMLElement[]} below
 * @property {string} rule  range and unit, in words
 * @property {(value: Value) => void} show
 * @property {() => boolean} held
 */

/**
 * @param {Control} control
 * @param {Commit} commit  called with each value that somebody chooses
 * @returns {Row}
 */
export function controlRow(control, commit) {
  const problem = element("p", { class: "control-problem", id: uniqueId("problem"), hidden: true });
  /** @param {Value} value */
  const choose = (value) => {
    reject("");
    commit(value);
  };
  const field = fieldOf(control, choose);
  const help = element(
    "span",
    { class: "visually-hidden", id: uniqueId("help") },
    [control.help, field.rule].filter(Boolean).join(" "),
  );
  const id = uniqueId("control");
  field.main.id = id;
  const label = element("label", { class: "control-label", for: id }, control.label);
  if (control.effect === "reset") {
    label.append(" ", element("span", { class: "tag" }, "new run"));
  }
  const root = element(
    "div",
    { class: "control", "data-control": control.name, "data-kind": control.kind },
    element("div", { class: "control-line" }, label, ...field.beside),
    ...field.below,
    help,
    problem,
  );
  const inputs = root.querySelectorAll("input, select");
  for (const input of inputs) input.setAttribute("aria-describedby", `${help.id} ${problem.id}`);

  /** @param {string} text */
  function reject(text) {
    problem.textContent = text;
    problem.hidden = text === "";
    for (const input of inputs) {
      if (text) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    }
  }

  return { root, show: field.show, held: field.held, reject };
}

/**
 * @param {Control} control
 * @param {Commit} commit
 * @returns {Field}
 */
function fieldOf(control, commit) {
  if (control.kind === "slider") return sliderField(control, commit);
  if (control.kind === "text") return textField(control, commit);
  return control.kind === "choice" ? choiceField(control, commit) : toggleField(commit);
}

/**
 * @param {SliderControl} control
 * @param {Commit} commit
 * @returns {Field}
 */
function sliderField(control, commit) {
  const { low, high, unit, label, effect } = control;
  const scale = scaleOf(control);
  const slider = element("input", {
    type: "range",
    class: "slider",
    min: scale.min,
    max: scale.max,
    step: scale.step,
    "aria-label": `${label}, slider`,
  });
  const number = element("input", {
    type: "number",
    class: "field field-number",
    min: low,
    max: high,
    step: "any",
    inputmode: control.integer ? "numeric" : "decimal",
  });
  let held = false;

  /** @param {number} value */
  const slide = (value) => {
    slider.setAttribute("aria-valuetext", [significant(value), unit].filter(Boolean).join(" "));
    const share = (scale.position(value) - scale.min) / (scale.max - scale.min);
    slider.style.setProperty("--done", String(share));
  };
  slider.addEventListener("input", () => {
    held = true;
    const value = scale.value(slider.valueAsNumber);
    number.value = String(value);
    slide(value);
    // each value of a drag would begin a run of its own: there the last one counts
    if (effect !== "reset") commit(value);
  });
  slider.addEventListener("change", () => {
    held = false;
    commit(scale.value(slider.valueAsNumber));
  });
  number.addEventListener("input", () => (held = true));
  number.addEventListener("blur", () => (held = false));
  number.addEventListener("change", () => {
    held = false;
    commit(Number.isFinite(number.valueAsNumber) ? number.valueAsNumber : number.value);
  });

  const ends = element(
    "div",
    { class: "slider-line" },
    element("span", { class: "slider-end", "aria-hidden": "true" }, significant(low)),
    slider,
    element("span", { class: "slider-end", "aria-hidden": "true" }, significant(high)),
  );
  const value = element("span", { class: "control-value" }, number);
  if (unit) value.append(element("span", { class: "unit" }, unit));
  return {
    main: number,
    beside: [value],
    below: [ends],
    rule: `From ${significant(low)} to ${significant(high)}${unit ? ` ${unit}` : ""}.`,
    show: (shown) => {
      number.value = String(shown);
      slider.value = String(scale.position(Number(shown)));
      slide(Number(shown));
    },
    held: () => held,
  };
}

/**
 * @param {ChoiceControl} control
 * @param {Commit} commit
 * @returns {Field}
 */
function choiceField({ options }, commit) {
  const select = element("select");
  for (const { value, label, unavailable } of options) {
    const option = new Option(unavailable ? `${label} (not here)` : label, value);
    option.disabled = unavailable !== null;
    select.add(option);
  }
  select.addEventListener("change", () => commit(select.value));
  const missing = options.filter(({ unavailable }) => unavailable !== null);
  return {
    main: select,
    beside: [element("span", { class: "picker picker-value" }, select)],
    below: missing.map(({ label, unavailable }) =>
      element("p", { class: "control-missing" }, `${label}: `, ...withCommands(unavailable ?? "")),
    ),
    rule: "",
    show: (value) => {
      select.value = String(value);
    },
    held: () => false,
  };
}

/**
 * @param {TextControl} control
 * @param {Commit} commit
 * @returns {Field}
 */
function textField({ longest }, commit) {
  const input = element("input", {
    type: "text",
    class: "field field-text",
    maxlength: longest,
    autocomplete: "off",
    spellcheck: "false",
  });
  let held = false;
  input.addEventListener("input", () => (held = true));
  input.addEventListener("blur", () => (held = false));
  input.addEventListener("change", () => {
    held = false;
    commit(input.value);
  });
  return {
    main: input,
    beside: [],
    below: [input],
    rule: `At most ${longest} characters.`,
    show: (value) => {
      input.value = String(value);
    },
    held: () => held,
  };
}

/**
 * @param {Commit} commit
 * @returns {Field}
 */
function toggleField(commit) {
  const box = element("input", { type: "checkbox", class: "switch", role: "switch" });
  box.addEventListener("change", () => commit(box.checked));
  return {
    main: box,
    beside: [box],
    below: [],
    rule: "",
    show: (value) => {
      box.checked = value === true;
    },
    held: () => false,
  };
}

/**
 * A reason with the commands in it (between backticks) set as code.
 *
 * @param {string} text
 * @returns {(Node | string)[]}
 */
function withCommands(text) {
  return text.split("`").map((part, i) => (i % 2 ? element("code", {}, part) : part));
}
