/**
 * The keyboard. One list, which the dialog and the documentation show, too.
 */

/**
 * @typedef {"toggle" | "back" | "forward" | "back-ten" | "forward-ten" | "start" | "end"
 *   | "slower" | "faster" | "slow" | "fork" | "help" | "why" | "leave"} Action
 *
 * @typedef {object} Key
 * @property {Action} action
 * @property {string[]} keys  as `KeyboardEvent.key` names them
 * @property {boolean} shift
 * @property {string} shown  as people read it
 * @property {string} does
 */

/** @type {readonly Key[]} */
export const KEYS = [
  { action: "toggle", keys: [" "], shift: false, shown: "Space", does: "play or pause" },
  { action: "forward", keys: ["ArrowRight"], shift: false, shown: "→", does: "one step forward; in slow motion one moment" },
  { action: "back", keys: ["ArrowLeft"], shift: false, shown: "←", does: "one step back; in slow motion one moment" },
  {
    action: "forward-ten",
    keys: ["ArrowRight"],
    shift: true,
    shown: "Shift + →",
    does: "ten steps forward; in slow motion one",
  },
  {
    action: "back-ten",
    keys: ["ArrowLeft"],
    shift: true,
    shown: "Shift + ←",
    does: "ten steps back; in slow motion one",
  },
  { action: "start", keys: ["Home"], shift: false, shown: "Home", does: "to the start" },
  { action: "end", keys: ["End"], shift: false, shown: "End", does: "to the furthest step" },
  { action: "slower", keys: [","], shift: false, shown: ",", does: "slower" },
  { action: "faster", keys: ["."], shift: false, shown: ".", does: "faster" },
  {
    action: "slow",
    keys: ["m", "M"],
    shift: false,
    shown: "M",
    does: "slow motion: open each step up into its moments, or close it",
  },
  {
    action: "fork",
    keys: ["f", "F"],
    shift: false,
    shown: "F",
    does: "fork: from this step on, another future",
  },
  {
    action: "why",
    keys: ["w", "W"],
    shift: false,
    shown: "W",
    does: "why this number: into its ledger",
  },
  {
    action: "leave",
    keys: ["Escape"],
    shift: false,
    shown: "Esc",
    does: "in the ledger, back to the number before; then close it",
  },
  { action: "help", keys: ["?"], shift: true, shown: "?", does: "this list" },
];

/** What works inside a tensor, a chart or a drawing; the views themselves see to it. */
export const WIDGET_KEYS = [
  { shown: "Tab", does: "to the next tensor, chart or control" },
  { shown: "← → ↑ ↓", does: "to the neighbouring number" },
  { shown: "Home  End", does: "to the row's first or last number" },
  { shown: "PgUp  PgDn", does: "to the picture or the page above or below" },
  { shown: "Enter", does: "why this number: its ledger; once more, go into it" },
  { shown: "T", does: "show the tensor as a table" },
  { shown: "+  −  0", does: "where a drawing can be zoomed: larger, smaller, all of it" },
  {
    shown: "0–9  F2",
    does: "where numbers can be changed: type a new one; ↑ ↓ nudge it, Enter takes it, Esc leaves it",
  },
  { shown: "[  ]  −  +  0", does: "on a picture that moves: turn, scale, put back" },
  { shown: "Enter  Shift + Enter", does: "on a ground: pick the place; why the number there" },
  { shown: "+  −", does: "on a ground that can be sculpted: raise it, dig" },
  { shown: "Space  E  Delete", does: "on the drawing pad: pen down or up, eraser, clear" },
];

const TYPING =
  "input:not([type]), input[type=text], input[type=number], input[type=search], textarea, " +
  "[contenteditable], [role=textbox]";
const PRESSED_WITH_SPACE =
  "button, summary, select, input[type=checkbox], input[type=radio], [role=button], [role=switch]";
const MOVED_WITH_ARROWS =
  "select, input[type=range], input[type=radio], [role=grid], [role=slider], [role=listbox], " +
  "[role=radiogroup], [role=application], [role=tablist], [role=menu], [role=spinbutton]";

/**
 * What a key asks of the page, or null when it belongs to what has the focus.
 *
 * @param {KeyboardEvent} event
 * @returns {Action | null}
 */
export function actionOf(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return null;
  // "?" and "," sit behind Shift on some keyboards and not on others: the character decides
  const found = KEYS.find(
    ({ keys, shift }) =>
      keys.includes(event.key) && (!event.key.startsWith("Arrow") || shift === event.shiftKey),
  );
  return found && !belongsTo(event.target, event.key) ? found.action : null;
}

/**
 * @param {EventTarget | null} target
 * @param {string} key
 */
function belongsTo(target, key) {
  if (!(target instanceof Element)) return false;
  if (target.closest("dialog[open]")) return true;
  if (target.closest(TYPING)) return key !== "Escape";
  if (/^[a-z]$/i.test(key) && target.closest("select")) return true; // it finds an option
  if (key === " ") return target.closest(PRESSED_WITH_SPACE) !== null;
  const moves = key.startsWith("Arrow") || key === "Home" || key === "End";
  return moves && target.closest(MOVED_WITH_ARROWS) !== null;
}

/**
 * Listen on the whole document.
 *
 * @param {(action: Action) => void} perform
 * @param {AbortSignal} [signal]
 */
export function listenToKeys(perform, signal) {
  document.addEventListener(
    "keydown",
    (event) => {
      const action = actionOf(event);
      if (!action) return;
      event.preventDefault();
      perform(action);
    },
    { signal },
  );
}
