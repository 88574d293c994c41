/** A button of the header: a picture and a name, of which a narrow screen shows the picture. */

import { button, element, icon } from "../../core/dom.js";

/**
 * @param {string} name
 * @param {string} picture  of the sprite
 * @param {string} title
 */
export function toolButton(name, picture, title) {
  const made = button("", { class: "tool", title });
  made.append(icon(picture), element("span", { class: "tool-name" }, name));
  return made;
}
