// The page: looks at the server about once a second, shows what is there, and does what the buttons ask for.

import { Refused, Unreachable, change, read } from "./api.js";
import { onLanguage, say, switchLanguage, translate } from "./words.js";
import * as player from "./player.js";
import * as queueView from "./queue.js";
import * as token from "./token.js";

const el = (id) => document.getElementById(id);
const LOOK_MS = 1_000, LOOK_HIDDEN_MS = 10_000, RETRY_MS = [1_000, 2_000, 4_000, 8_000, 15_000], PAGE = 100;
const STREAMS_EVERY_MS = 15_000;

let stream; // its number, as text
let streams = [];
let streamsSeen = -Infinity;
let queue, tag, pages = 1;
let status, statusSeen = 0;
let failures = 0, retryAt = 0;
let timer, looking;

const running = () => status !== undefined && status.status !== "stopped";

// --- looking ---------------------------------------------------------------------------------------------------------

async function look() {
  clearTimeout(timer);
  try {
    looking ??= lookOnce().finally(() => (looking = undefined));
    await looking;
    failures = 0;
  } catch (error) {
    if (!(error instanceof Unreachable) && !(error instanceof Refused)) throw error;
    failures += 1;
    tag = undefined; // Who comes back may be another server: read all of it again.
    retryAt = Date.now() + RETRY_MS[Math.min(failures, RETRY_MS.length) - 1];
  } finally {
    showOffline();
    clearTimeout(timer);
    timer = setTimeout(look, failures ? retryAt - Date.now() : document.hidden ? LOOK_HIDDEN_MS : LOOK_MS);
  }
}

async function lookOnce() {
  if (performance.now() - streamsSeen > STREAMS_EVERY_MS) await lookForStreams();
  const asked = stream;
  const [list, state] = await Promise.all([lookAtQueue(), lookAtStatus()]);
  if (asked !== stream) return; // Another stream was chosen meanwhile.
  status = state;
  statusSeen = performance.now();
  if (list) {
    queue = list.body;
    tag = list.etag;
    queueView.show(queue);
    const history = await read(`api/v1/queue/${asked}/history?limit=10`);
    if (asked === stream) queueView.showHistory(history.body.items);
  }
  showNow();
}

async function lookForStreams() {
  streams = (await read("api/v1/streams?limit=100")).body.items;
  streamsSeen = performance.now();
  const wanted = new URLSearchParams(location.search).get("stream");
  const inviting = streams.find((one) => one.status !== "stopped") ?? streams[0];
  stream ??= wanted && /^-?\d{1,16}$/.test(wanted) ? wanted : String(inviting?.id ?? 1);
  showPicker();
}

async function lookAtQueue() {
  const path = (page) => `api/v1/queue/${stream}?limit=${PAGE}&offset=${page * PAGE}`;
  const first = await read(path(0), tag ? { "If-None-Match": tag } : {});
  if (first.status === 304) return undefined;
  for (let page = 1; page < pages && first.body.items.length < first.body.total; page++) {
    const next = await read(path(page));
    if (next.etag !== first.etag) break; // It changed in between; the next look has it whole.
    first.body.items.push(...next.body.items);
  }
  return first;
}

async function lookAtStatus() {
  try {
    return (await read(`api/v1/streams/${stream}/status`)).body;
  } catch (error) {
    if (error.status === 404) return undefined; // Nobody created it yet: it is there as soon as something is added.
    throw error;
  }
}

// --- showing ---------------------------------------------------------------------------------------------------------

function showNow() {
  const what = status?.status ?? "stopped";
  const head = queue?.items[0];
  const current = status?.current_item ?? (queue?.current_index === 1 ? head : undefined);
  el("stream-name").textContent = status?.name ?? `${say("stream")} ${stream}`;
  el("status").textContent = say(what);
  el("status").dataset.status = what;
  document.body.classList.toggle("is-playing", what === "playing");
  const title = current?.title ?? (what === "placeholder" ? say("placeholderTitle") : head?.title ?? say("nothing"));
  if (el("now-title").textContent !== title) el("now-title").textContent = title;
  el("now-title").title = title;
  el("now-eyebrow").textContent = say(what === "stopped" ? (head ? "upNext" : "stopped") : what === "paused" ? "pausedNote" : "nowPlaying");
  document.title = current && running() ? `${current.title} · Streamcore` : "Streamcore";
  const count = status?.listeners_count ?? 0;
  el("listeners").textContent = status?.listeners_known === false && running() ? "?" : say("listeners", count);
  el("start").hidden = running();
  el("stop").hidden = !running();
  el("pause").hidden = !running() || what === "paused";
  el("resume").hidden = what !== "paused";
  el("skip").disabled = running() ? !current : !head;
  player.update(stream, running(), current?.title);
  showProgress();
}

function showProgress() {
  const current = status?.current_item;
  const since = status?.status === "playing" ? (performance.now() - statusSeen) / 1_000 : 0;
  const length = current?.duration ?? 0;
  let position = current ? status.current_position + Math.min(since, 3) : 0;
  if (length) position = Math.min(position, length);
  el("progress").max = length || 1;
  el("progress").value = length ? position : 0;
  el("progress").setAttribute("aria-label", `${queueView.clock(position)} / ${length ? queueView.clock(length) : "?"}`);
  el("time-now").textContent = queueView.clock(position);
  el("time-total").textContent = length ? queueView.clock(length) : "";
}

function showOffline() {
  const banner = el("offline");
  banner.hidden = failures === 0;
  if (failures === 0) return;
  const left = Math.ceil((retryAt - Date.now()) / 1_000);
  banner.textContent = left > 0 ? say("offline", left) : say("offlineNow");
}

function showPicker() {
  const known = streams.some((one) => String(one.id) === stream) ? streams : [{ id: stream, name: "" }, ...streams];
  el("picker").hidden = known.length < 2;
  const options = known.map((one) => new Option(one.name ? `${one.name} (${one.id})` : one.id, one.id));
  el("stream-select").replaceChildren(...options);
  el("stream-select").value = stream;
}

let messageTimer;
function tell(text, fine = false) {
  clearTimeout(messageTimer);
  el("message").hidden = !text;
  el("message").textContent = text ?? "";
  el("message").classList.toggle("fine", fine);
  if (fine) messageTimer = setTimeout(() => tell(), 4_000);
}

// --- doing -----------------------------------------------------------------------------------------------------------

let last = Promise.resolve();

/** Does one thing after the other, says what went wrong, and looks again. Resolves to whether it was done. */
function act(action) {
  const done = last.then(async () => {
    try {
      const answer = await action();
      if (answer === undefined) return false;
      tell();
      return true;
    } catch (error) {
      if (!(error instanceof Refused) && !(error instanceof Unreachable)) throw error;
      tell(error instanceof Refused ? inWords(error) : say("offlineNow"));
      return false;
    } finally {
      await looking?.catch(() => {});
      await look();
    }
  });
  last = done.catch(() => {});
  return done;
}

/** A refusal in the server's words, except where those count places from 0: people count from 1. */
function inWords({ code, details, message }) {
  return code === "position_out_of_range" ? say("places", [details.min + 1, details.max + 1]) : message;
}

const command = (name) => act(() => change("POST", `api/v1/streams/${stream}/${name}`));

async function start() {
  const go = () => change("POST", `api/v1/streams/${stream}/start`);
  try {
    return await go();
  } catch (error) {
    if (error.code !== "stream_not_found") throw error;
    await change("POST", "api/v1/streams", { id: Number(stream), name: `Stream ${stream}` });
    streamsSeen = -Infinity;
    return go();
  }
}

const items = () => `api/v1/queue/${stream}/items`;

const actions = {
  // The place is meant for the list that is seen: if that changed, the server says so and nothing moves.
  move: (id, position) => act(() => change("PATCH", `${items()}/${id}/move`, { position }, { "If-Match": tag ?? "*" })),
  refusePlace: (first, last) => tell(say("places", [first, last])),
  remove: (id) => act(() => change("DELETE", `${items()}/${id}`)),
  add: async (url, next) => {
    let title;
    const done = await act(async () => {
      const answer = await change("POST", items() + (next ? "?priority=true" : ""), { url });
      title = answer?.body.title;
      streamsSeen = -Infinity;
      return answer;
    });
    if (done) tell(say("added", title), true);
    return done;
  },
  more: () => { pages += 1; tag = undefined; look(); },
};

function skip() {
  const seen = status?.current_item?.id ?? queue?.items[0]?.id;
  return act(() => change("POST", `api/v1/queue/${stream}/skip`, seen ? { item_id: seen } : undefined));
}

function choose(id) {
  stream = id;
  tag = queue = status = undefined;
  pages = 1;
  history.replaceState(null, "", `?stream=${encodeURIComponent(id)}`);
  tell();
  look();
}

translate();
token.connect();
player.connect();
queueView.connect(actions);
el("language").addEventListener("click", switchLanguage);
el("start").addEventListener("click", () => act(start));
for (const name of ["stop", "pause", "resume"]) el(name).addEventListener("click", () => command(name));
el("skip").addEventListener("click", skip);
el("stream-select").addEventListener("change", (event) => choose(event.target.value));
onLanguage(() => queue && showNow());
document.addEventListener("visibilitychange", () => document.hidden || look());
addEventListener("online", look);
setInterval(() => { showProgress(); showOffline(); }, 500);
look();
