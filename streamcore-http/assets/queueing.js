// Adding many at once. The server takes all of a request or none; here the good ones get in, and each other one is told why not.

import { Refused } from "./api.js";
import { inWords, isExpected } from "./acts.js";

/** How many go in one request. */
const CHUNK = 100;

/** What was in a request whose answer never came: sent again as it was, it is recognised, and nothing is added twice. */
let unanswered = [];

/**
 * Adds entries in their order. `request(some)` asks for some of them, `culprit(error, some)` tells which one a refusal is about.
 * Resolves to `{added, refused, left, problem}`: the items, a map of entries to words, and if it stopped early what is left and why.
 */
export async function addEach(entries, request, culprit, { front = false } = {}) {
  const added = [], refused = new Map();
  const queue = chunks(entries);
  // What goes to the front goes before what went there a moment ago.
  if (front) queue.reverse();
  while (queue.length) {
    const chunk = queue[0];
    try {
      const answer = await request(chunk);
      if (!answer) return { added, refused, left: queue.flat() };
      added.push(...answer.body.items);
      unanswered = [];
      queue.shift();
    } catch (error) {
      if (!isExpected(error)) throw error;
      const bad = error instanceof Refused ? culprit(error, chunk) : undefined;
      unanswered = error instanceof Refused ? [] : chunk.map((entry) => entry.key);
      if (bad === undefined) return { added, refused, left: queue.flat(), problem: inWords(error) };
      refused.set(bad, fieldWords(error) ?? inWords(error));
      queue[0] = chunk.filter((entry) => entry !== bad);
      if (queue[0].length === 0) queue.shift();
    }
  }
  return { added, refused, left: [] };
}

function chunks(entries) {
  const again = entries.filter((entry) => unanswered.includes(entry.key));
  const first = again.length > 0 && again.length === unanswered.length ? again : [];
  const rest = entries.filter((entry) => !first.includes(entry));
  const all = first.length ? [first] : [];
  for (let at = 0; at < rest.length; at += CHUNK) all.push(rest.slice(at, at + CHUNK));
  return all;
}

/** What is wrong with the one field that was named, without its name. */
export const fieldWords = (error) => error.details.fields?.[0]?.message;

/** The entry of a batch that a refusal is about: a field of it is wrong, or a rule of the queue is against it. */
export function inBatch(error, entries) {
  const named = /^items\[(\d+)\]/.exec(error.details.fields?.[0]?.field ?? "")?.[1] ?? error.details.index;
  return named === undefined ? undefined : entries[Number(named)];
}
