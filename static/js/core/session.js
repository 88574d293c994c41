/**
 * The token that resumes this tab's session after a reload.
 *
 * It lies in `sessionStorage` only between two lives of a page, together with the address it
 * belongs to: a duplicated tab must not take over its twin's run, and an address that someone has
 * edited asks for another run than the one that was left.
 */

/** @param {string} slug */
const key = (slug) => `perceptarium.session.${slug}`;

/**
 * Take the token that this page's former life left, if the address is still the same.
 *
 * @param {string} slug
 * @param {string} search  the address's query
 * @returns {string | undefined}
 */
export function takeToken(slug, search) {
  try {
    const stored = sessionStorage.getItem(key(slug));
    sessionStorage.removeItem(key(slug));
    const left = stored && JSON.parse(stored);
    return left?.search === search && typeof left.token === "string" ? left.token : undefined;
  } catch {
    return undefined; // storage is off or holds something else: a new session then
  }
}

/**
 * Leave the token for the page's next life.
 *
 * @param {string} slug
 * @param {string} search
 * @param {string} token
 */
export function leaveToken(slug, search, token) {
  try {
    sessionStorage.setItem(key(slug), JSON.stringify({ search, token }));
  } catch {
    // storage is off: the address carries the run well enough
  }
}
