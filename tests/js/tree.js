/**
 * Prints, for each pair of files, where the second says something else than the first: their
 * syntax trees are compared, in which comments and spaces have no part.
 */

import { readFileSync } from "node:fs";
import { argv, exit } from "node:process";

import ts from "typescript";

/** @param {string} path */
function wordsOf(path) {
  const text = readFileSync(path, "utf8");
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.JS);
  const words = file.parseDiagnostics.map(({ messageText }) => `mistake: ${messageText}`);
  /** @param {ts.Node} node */
  const walk = (node) => {
    let parts = 0;
    ts.forEachChild(node, () => void (parts += 1));
    // an empty block's text is all comment
    const text = parts === 0 && !ts.isBlock(node) ? node.getText() : "";
    words.push(`${ts.SyntaxKind[node.kind]} ${text}`);
    ts.forEachChild(node, walk);
  };
  ts.forEachChild(file, walk);
  return words;
}

let different = false;
const paths = argv.slice(2);
for (let i = 0; i < paths.length; i += 2) {
  const [one, other] = [wordsOf(paths[i]), wordsOf(paths[i + 1])];
  const at = one.findIndex((word, place) => word !== other[place]);
  if (at < 0 && one.length === other.length) continue;
  different = true;
  console.log(`${paths[i]}: expected ${one[at]}, got ${other[at]}`);
}
exit(different ? 1 : 0);
