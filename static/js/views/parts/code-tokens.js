/** Code in which the names of tensors light up with what they stand for. */

import { element } from "../../core/dom.js";

/**
 * @param {string} code
 * @param {ReadonlyMap<string, string>} names  in the code, and the tensors that they stand for
 * @returns {(Node | string)[]}
 */
export function codeTokens(code, names) {
  return code.split(/((?<![\w.])[^\W\d][\w.]*(?!\())/u).map((word) => {
    const tensor = names.get(word) ?? names.get(word.replace(/\..*$/, ""));
    if (!tensor) return word;
    // `W.T` is W, turned: the name alone stands for the tensor
    const name = names.has(word) ? word : word.replace(/\..*$/, "");
    const token = element("span", { class: "token", "data-tensor": tensor }, name);
    const rest = word.slice(name.length);
    if (!rest) return token;
    const both = document.createDocumentFragment();
    both.append(token, rest);
    return both;
  });
}
