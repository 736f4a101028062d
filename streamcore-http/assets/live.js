// What the server says, looked at about once a second: the streams, one stream's queue and what it plays. Others subscribe to it.

import { Refused, Unreachable, read } from "./api.js";
import { learn } from "./servertime.js";

const LOOK_MS = 1_000, LOOK_HIDDEN_MS = 10_000, RETRY_MS = [1_000, 2_000, 4_000, 8_000, 15_000];
const STREAMS_EVERY_MS = 15_000, HEALTH_EVERY_MS = 15_000, HEALTH_AGAIN_MS = 3_000, ATTEMPTS = 3;

/** How many items come at once, and how many more each time that somebody wants more. */
export const PAGE = 100;

/** The last that was seen. `tag` names the queue that is shown, however old it is; `stream` is a number, as text. */
export const live = { stream: undefined, streams: [], queue: undefined, tag: undefined, status: undefined, failures: 0, store: undefined, staleSince: undefined };

let isStale = true; // Whether the queue is read again even if its tag says that it did not change.
let pages = 1, statusSeen = 0, streamsSeen = -Infinity, healthSeen = -Infinity, retryAt = 0;
let timer, looking, oldest;
const watchers = { queue: [], status: [], streams: [], connection: [] };

/** Calls `seen` each time that `what` was read anew. */
export const on = (what, seen) => watchers[what].push(seen);

const publish = (what) => { for (const seen of watchers[what]) seen(); };

export const isRunning = () => live.status !== undefined && live.status.status !== "stopped";

/** The 0-based place of the first item that can be moved: the current one keeps its place. */
export const firstWaiting = () => (live.queue?.current_index === 1 ? 1 : 0);

/** How many seconds ago the status was seen. */
export const statusAge = () => (performance.now() - statusSeen) / 1_000;

/** In how many seconds the server is asked again, while it does not answer. */
export const retryIn = () => Math.ceil((retryAt - Date.now()) / 1_000);

/** Reads all of it at the next look, whatever is known. */
export function forget() {
  isStale = true;
  streamsSeen = -Infinity;
}

/** Shows another stream. */
export function choose(id) {
  live.stream = id;
  live.tag = live.queue = live.status = undefined;
  isStale = true;
  pages = 1;
  history.replaceState(null, "", `?stream=${encodeURIComponent(id)}`);
  look();
}

/** Shows more of the queue. */
export function more() {
  pages += 1;
  isStale = true;
  return lookAgain();
}

/** Looks once more, after what is under way. */
export async function lookAgain() {
  await looking?.catch(() => {});
  await look();
}

export async function look() {
  clearTimeout(timer);
  try {
    looking ??= lookOnce().finally(() => (looking = undefined));
    await looking;
    live.failures = 0;
    live.refusal = undefined;
  } catch (error) {
    if (!(error instanceof Unreachable) && !(error instanceof Refused)) throw error;
    live.failures += 1;
    live.refusal = error instanceof Refused ? error.message : undefined;
    isStale = true; // Who comes back may be another server: read all of it again.
    retryAt = Date.now() + RETRY_MS[Math.min(live.failures, RETRY_MS.length) - 1];
  } finally {
    publish("connection");
    clearTimeout(timer);
    timer = setTimeout(look, live.failures ? retryAt - Date.now() : document.hidden ? LOOK_HIDDEN_MS : LOOK_MS);
  }
}

async function lookOnce() {
  if (performance.now() - streamsSeen > STREAMS_EVERY_MS) await lookForStreams();
  await lookAtStore();
  const asked = live.stream;
  oldest = undefined;
  const [list, status] = await Promise.all([lookAtQueue(), lookAtStatus()]);
  if (asked !== live.stream) return; // Another stream was chosen meanwhile.
  const paused = status?.status !== live.status?.status;
  if (oldest !== live.staleSince) healthSeen = -Infinity; // It went away, or came back.
  live.staleSince = oldest;
  live.status = status;
  statusSeen = performance.now();
  if (list) {
    live.queue = list.body;
    live.tag = list.etag;
    publish("queue");
  }
  publish("status");
  // Who pauses changes when everything else begins, which the queue's tag does not tell.
  if (paused && !list) isStale = true;
}

async function lookForStreams() {
  live.streams = (await read("api/v1/streams?limit=100")).body.items;
  streamsSeen = performance.now();
  const wanted = new URLSearchParams(location.search).get("stream");
  const inviting = live.streams.find((one) => one.status !== "stopped") ?? live.streams[0];
  live.stream ??= wanted && /^-?\d{1,16}$/.test(wanted) ? wanted : String(inviting?.id ?? 1);
  publish("streams");
}

/** Notes when the state is from that an answer tells of, while the server's store is away. */
function noted(answer) {
  const since = answer.headers.get("x-stale-since") ?? undefined;
  if (since && !(oldest < since)) oldest = since;
  return answer;
}

/** How the server's store is: what it tells of is not always seen in what it answers. */
async function lookAtStore() {
  const wait = live.store && live.store.since ? HEALTH_AGAIN_MS : HEALTH_EVERY_MS;
  if (performance.now() - healthSeen <= wait) return;
  healthSeen = performance.now();
  live.store = (await read("health")).body.dependencies?.find((one) => one.name === "store");
}

/** The pages that are wanted, of one and the same revision; none if what is shown is still true. */
async function lookAtQueue() {
  const isFresh = !isStale && live.tag;
  isStale = false;
  const path = (page) => `api/v1/queue/${live.stream}?limit=${PAGE}&offset=${page * PAGE}`;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const first = noted(await read(path(0), isFresh ? { "If-None-Match": live.tag } : {}));
    if (first.status === 304) return undefined;
    const wanted = Math.min(pages, Math.ceil(first.body.total / PAGE));
    const others = await Promise.all(Array.from({ length: Math.max(wanted - 1, 0) }, (_, i) => read(path(i + 1))));
    if (others.every((other) => other.etag === first.etag)) {
      first.body.items.push(...others.flatMap((other) => other.body.items));
      return first;
    }
  }
  return undefined; // It changes all the time: better the list as it was than half of it.
}

async function lookAtStatus() {
  try {
    const asked = performance.now();
    const { body } = noted(await read(`api/v1/streams/${live.stream}/status`));
    if (body.auto_end) learn(body.auto_end, asked, performance.now());
    return body;
  } catch (error) {
    if (error.status === 404) return undefined; // Nobody created it yet: it is there as soon as something is added.
    throw error;
  }
}

document.addEventListener("visibilitychange", () => document.hidden || look());
addEventListener("online", look);
