/** Python with its comments and keywords tinted: enough to find one's way. */

import { element } from "../../core/dom.js";

const PARTS = new RegExp(
  [
    String.raw`(?<quiet>"""[\s\S]*?"""|#.*)`,
    String.raw`(?<text>"(?:[^"\\\n]|\\.)*")`,
    String.raw`\b(?<word>and|as|break|class|def|elif|else|for|from|if|import|in|is|not|or|pass|return|while|with|yield)\b`,
  ].join("|"),
  "g",
);

/**
 * @param {string} code
 * @returns {DocumentFragment}
 */
export function tinted(code) {
  const found = document.createDocumentFragment();
  let done = 0;
  for (const match of code.matchAll(PARTS)) {
    const { quiet, word } = match.groups ?? {};
    if (!quiet && !word) continue; // a text: what looks like code in it is none
    found.append(code.slice(done, match.index));
    found.append(element("span", { class: quiet ? "code-quiet" : "code-word" }, match[0]));
    done = match.index + match[0].length;
  }
  found.append(code.slice(done));
  return found;
}
