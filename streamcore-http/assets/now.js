// What is on the air, how far it is, and the buttons that steer the stream.

import { add, change } from "./api.js";
import { act, queuePath, streamPath } from "./acts.js";
import { forget, isRunning, live, on, statusAge } from "./live.js";
import { whyStopped } from "./ended.js";
import { clock } from "./format.js";
import { onLanguage, say } from "./words.js";
import * as player from "./player.js";

const WHERE = "now-message", LEAD_S = 3;
const el = (id) => document.getElementById(id);
let seeking = false; // Somebody holds the bar: it stays where they have it.

function show() {
  const { queue, status } = live;
  if (!queue) return;
  const what = status?.status ?? "stopped", runs = isRunning();
  const head = queue.items[0];
  const current = status?.current_item ?? (queue.current_index === 1 ? head : undefined);
  el("stream-name").textContent = status?.name ?? `${say("stream")} ${live.stream}`;
  el("status").textContent = say(what);
  el("status").dataset.status = what;
  document.body.classList.toggle("is-playing", what === "playing");
  const title = current?.title ?? (what === "placeholder" ? say("placeholderTitle") : head?.title ?? say("nothing"));
  if (el("now-title").textContent !== title) el("now-title").textContent = title;
  el("now-title").title = title;
  el("now-eyebrow").textContent = say(what === "stopped" ? (head ? "upNext" : "stopped") : what === "paused" ? "pausedNote" : "nowPlaying");
  document.title = current && runs ? `${current.title} · Streamcore` : "Streamcore";
  const why = whyStopped();
  el("ended").hidden = !why;
  if (el("ended").textContent !== why) el("ended").textContent = why;
  const count = status?.listeners_count ?? 0;
  el("listeners").textContent = status?.listeners_known === false && runs ? "?" : say("listeners", count);
  el("start").hidden = runs;
  for (const id of ["stop", "previous"]) el(id).hidden = !runs;
  el("pause").hidden = !runs || what === "paused";
  el("resume").hidden = what !== "paused";
  el("skip").disabled = runs ? !current : !head;
  player.update(live.stream, runs, current?.title);
  showProgress();
}

function showProgress() {
  const { status } = live, current = status?.current_item, length = current?.duration ?? 0;
  const since = status?.status === "playing" ? statusAge() : 0;
  let position = current ? status.current_position + Math.min(since, LEAD_S) : 0;
  if (length) position = Math.min(position, length);
  el("progress").hidden = Boolean(length);
  el("seek").hidden = !length;
  el("seek").max = Math.max(1, Math.floor(length));
  if (!seeking) el("seek").value = position;
  showTime(seeking ? Number(el("seek").value) : position, length);
}

function showTime(position, length) {
  el("time-now").textContent = clock(position);
  el("time-total").textContent = length ? clock(length) : "";
  el("seek").style.setProperty("--done", `${length ? (100 * position) / length : 0}%`);
  el("seek").setAttribute("aria-valuetext", say("timeOf", [clock(position), clock(length)]));
}

/** Names the track, so that the next one is not moved in when this one ends meanwhile. */
async function seek() {
  const item = live.status?.current_item?.id, position = Number(el("seek").value);
  await act(WHERE, async () => {
    const answer = await change("POST", streamPath("/seek"), { position_seconds: position, item_id: item });
    forget(); // All that waits begins at another time.
    return answer;
  });
  seeking = false;
  showProgress();
}

async function start() {
  const go = () => change("POST", streamPath("/start"));
  try {
    return await go();
  } catch (error) {
    if (error.code !== "stream_not_found") throw error;
    await change("POST", "api/v1/streams", { id: Number(live.stream), name: `Stream ${live.stream}` });
    forget();
    return go();
  }
}

/** Names what was seen: if it ended meanwhile, the next one is not skipped in its place. */
function skip() {
  const seen = live.status?.current_item?.id ?? live.queue?.items[0]?.id;
  return act(WHERE, () => change("POST", queuePath("/skip"), seen ? { item_id: seen } : undefined));
}

export function connect() {
  el("start").addEventListener("click", () => act(WHERE, start));
  for (const name of ["stop", "pause", "resume"]) {
    el(name).addEventListener("click", () => act(WHERE, () => change("POST", streamPath(`/${name}`))));
  }
  el("skip").addEventListener("click", skip);
  el("previous").addEventListener("click", () => act(WHERE, () => add(queuePath("/previous"))));
  el("seek").addEventListener("input", () => { seeking = true; showProgress(); });
  el("seek").addEventListener("change", seek);
  on("queue", show);
  on("status", show);
  onLanguage(show);
  setInterval(showProgress, 500);
}
