/** Code in which the names of tensors light up with what they stand for, turned ones, too. */

import { tokens } from "./ledger-code.js";

/** What may stand behind a name and is still the tensor: `W.T` is W, turned. */
const BEHIND = ["", ".T", ".size"];

/**
 * @param {string} code
 * @param {ReadonlyMap<string, string>} names  in the code, and the tensors that they stand for
 */
export function codeTokens(code, names) {
  const known = [...names].flatMap(([name, tensor]) =>
    BEHIND.map((more) => /** @type {const} */ ([`${name}${more}`, tensor])),
  );
  return tokens(code, new Map(known));
}
