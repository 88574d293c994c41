/** Elements made in one expression. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * @typedef {string | number | boolean | null | undefined} Attribute  true is an empty attribute;
 *   false, null and undefined are none
 */

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, Attribute>} [attributes]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) {
      made.setAttribute(name, String(value));
    }
  }
  made.append(...children);
  return made;
}

/**
 * A picture of the page's sprite (templates/icons.html).
 *
 * @param {string} name  `play` for the symbol `icon-play`
 * @returns {SVGSVGElement}
 */
export function icon(name) {
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("class", "icon");
  picture.setAttribute("aria-hidden", "true");
  picture.append(document.createElementNS(SVG, "use"));
  setIcon(picture, name);
  return picture;
}

/**
 * @param {SVGSVGElement} picture
 * @param {string} name
 */
export function setIcon(picture, name) {
  picture.firstElementChild?.setAttribute("href", `#icon-${name}`);
}

/**
 * A button with its name beside or instead of a picture.
 *
 * @param {string} name  what it does, for everyone
 * @param {{icon?: string, class?: string, title?: string}} [look]  with an icon the name is not
 *   drawn
 * @returns {HTMLButtonElement}
 */
export function button(name, look = {}) {
  const made = element("button", {
    type: "button",
    class: ["button", look.class].filter(Boolean).join(" "),
    title: look.title,
  });
  if (look.icon) {
    made.setAttribute("aria-label", name);
    made.append(icon(look.icon));
  } else {
    made.append(name);
  }
  return made;
}

let made = 0;

/**
 * An id for `aria-describedby` and the like, unique on the page.
 *
 * @param {string} stem
 */
export function uniqueId(stem) {
  made += 1;
  return `${stem}-${made}`;
}

/**
 * The one element below `root` that a selector names, of the type that is expected.
 *
 * @template {HTMLElement} T
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => T} type
 * @returns {T}
 * @throws {Error}  when there is none
 */
export function one(root, selector, type) {
  const found = root.querySelector(selector);
  if (!(found instanceof type)) throw new Error(`${selector}: expected on the page, found none`);
  return found;
}

/**
 * Write a text if it has changed: what stays the same costs no layout.
 *
 * @param {HTMLElement} node
 * @param {string} text
 */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/**
 * Set attributes that are other than before: what stays the same lays nothing out anew.
 *
 * @param {Element} node
 * @param {Record<string, Attribute>} attributes  true is an empty one; false or null takes it away
 */
export function setAttributes(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) {
      if (node.hasAttribute(name)) node.removeAttribute(name);
    } else {
      const text = value === true ? "" : String(value);
      if (node.getAttribute(name) !== text) node.setAttribute(name, text);
    }
  }
}

/** What a custom event tells. @param {Event} event */
export const detail = (event) => /** @type {CustomEvent} */ (event).detail;
