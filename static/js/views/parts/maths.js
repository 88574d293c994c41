/**
 * MathML that came over the wire, made safe: of the document it was parsed from, only MathML's own
 * elements with their texts are taken over, and of their attributes a few.
 */

const MATHML = "http://www.w3.org/1998/Math/MathML";

const ELEMENTS = new Set([
  ...["math", "mrow", "mi", "mn", "mo", "ms", "mspace", "mtext", "mfrac", "msqrt", "mroot"],
  ...["msub", "msup", "msubsup", "munder", "mover", "munderover", "mmultiscripts", "mprescripts"],
  ...["mstyle", "mpadded", "mphantom", "merror", "mtable", "mtr", "mtd"],
]);

const ATTRIBUTES = [
  ...["data-tensor", "display", "displaystyle", "alttext", "mathvariant", "stretchy", "fence"],
  ...["separator", "form", "lspace", "rspace", "movablelimits", "accent", "columnalign"],
  "linethickness", // a binomial coefficient is a fraction without its line
];

/**
 * @param {string} text
 * @returns {Element | null}  null when it is no MathML
 */
export function parseMaths(text) {
  const root = new DOMParser().parseFromString(text, "application/xml").documentElement;
  return root.localName === "math" ? copy(root) : null;
}

/** @param {Element} source  @returns {Element} */
function copy(source) {
  const made = document.createElementNS(MATHML, source.localName);
  for (const name of ATTRIBUTES) {
    const value = source.getAttribute(name);
    if (value !== null) made.setAttribute(name, value);
  }
  for (const child of source.childNodes) {
    if (child instanceof Element) {
      if (ELEMENTS.has(child.localName)) made.append(copy(child));
    } else if (child.nodeType === Node.TEXT_NODE) made.append(child.nodeValue ?? "");
  }
  return made;
}

/**
 * Let a formula go on in the next line, which browsers do not do by themselves: its row becomes
 * pieces that begin at `=` and `+` or end with a comma.
 *
 * @param {Element} math
 */
export function breakLines(math) {
  const row = math.firstElementChild;
  if (!row || row.localName !== "mrow" || math.children.length > 1) return;
  /** @type {Element[]} */
  const pieces = [];
  let ended = true;
  for (const part of [...row.children].flatMap(unfolded)) {
    const text = part.localName === "mo" ? part.textContent?.trim() ?? "" : "";
    const begins = text === "=" || (text === "+" && pieces.length > 0 && !ended);
    if (ended || begins) {
      pieces.push(document.createElementNS(MATHML, "mrow"));
      if (begins) part.setAttribute("form", "infix");
    }
    pieces[pieces.length - 1].append(part);
    ended = text === ",";
  }
  row.replaceChildren(...pieces);
}

/** What stands below a fraction's line on more lines than one. */
const LONG = 6;

/**
 * A fraction with a long sum below its line, as `a / (b + c + …)`; all else as it is.
 *
 * @param {Element} part
 * @returns {Element[]}
 */
function unfolded(part) {
  const [top, below] = part.children;
  if (part.localName !== "mfrac" || !below || below.children.length < LONG) return [part];
  return [top, sign("/"), sign("("), ...below.children, sign(")")];
}

/** @param {string} text */
function sign(text) {
  const made = document.createElementNS(MATHML, "mo");
  made.setAttribute("stretchy", "false");
  made.textContent = text;
  return made;
}

/**
 * Make one tree say what another says. Where both have the same elements only texts change, so
 * that what is lit or pointed at stays so.
 *
 * @param {Element} present
 * @param {Element} fresh
 */
export function patch(present, fresh) {
  if (!alike(present, fresh)) {
    present.replaceWith(fresh);
    return;
  }
  for (const name of ATTRIBUTES) {
    const value = fresh.getAttribute(name);
    if (value !== null && value !== present.getAttribute(name)) present.setAttribute(name, value);
  }
  if (present.children.length === 0) {
    if (present.textContent !== fresh.textContent) present.textContent = fresh.textContent;
    return;
  }
  const children = [...fresh.children];
  for (const [i, child] of [...present.children].entries()) patch(child, children[i]);
}

/** @param {Element} one @param {Element} other */
function alike(one, other) {
  return one.localName === other.localName && one.children.length === other.children.length;
}
