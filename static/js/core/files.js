/**
 * Files of the run: asked of the server by the session's token, handed to the browser to be saved.
 *
 * @import {Page} from "./page.js"
 */

/**
 * @typedef {object} Taken  a file, as the server made it
 * @property {string} name
 * @property {Blob} blob
 */

/**
 * @param {Page} page
 * @param {string} kind  as `exports` of the welcome names it: `code.py`, `weights.npz`
 * @returns {Promise<Taken>}
 * @throws {Error}  with a reason fit for people
 */
export async function take(page, kind) {
  if (!page.session) throw new Error("There is no run yet: the page is still connecting.");
  let answer;
  try {
    answer = await fetch(`/export/${page.session}/${kind}`, { cache: "no-store" });
  } catch {
    throw new Error("The server does not answer; try again once the page is connected.");
  }
  if (!answer.ok) throw new Error(await reason(answer));
  const disposition = answer.headers.get("Content-Disposition") ?? "";
  const name = /filename="([^"]+)"/.exec(disposition)?.[1] ?? kind;
  return { name, blob: await answer.blob() };
}

/** @param {Response} answer */
async function reason(answer) {
  try {
    return String((await answer.json()).detail);
  } catch {
    return `The server answered ${answer.status}.`; // a proxy's page instead of our own words
  }
}

/**
 * Have the browser save a file.
 *
 * @param {Taken} file
 */
export function save({ name, blob }) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // the download has begun with the click, and keeps the data by itself
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
