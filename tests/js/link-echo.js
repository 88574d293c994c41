/** Reads states of a link, a line of JSON each, and answers what comes out of their links. */

import { createInterface } from "node:readline";

import { pack, unpack } from "../../static/js/core/more.js";
import { readUrl, writeUrl } from "../../static/js/core/url.js";

for await (const line of createInterface({ input: process.stdin })) {
  const { state, extras } = JSON.parse(line);
  const more = await pack(extras);
  const query = writeUrl({ ...state, more });
  const read = readUrl(query);
  const back = read.more ? await unpack(read.more) : { changes: [], looks: {} };
  console.log(JSON.stringify({ query, state: read, extras: back }));
}
