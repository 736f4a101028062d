// The sessions that ended, newest first: when, how long, why and by whom, and who listened. Read when they are looked at.

import { read } from "./api.js";
import { isExpected, inWords, streamPath, tell } from "./acts.js";
import { sayWho } from "./ended.js";
import { dayAndTime, span } from "./format.js";
import { live, on } from "./live.js";
import { onLanguage, say } from "./words.js";

const PAGE = 20, ATTEMPTS = 10;
const el = (id) => document.getElementById(id);
let ended = [], next = null, total = 0, loadedFor, attempts = 0, isLoading = false;

const isOpen = () => !el("panel-sessions").hidden;

/** What makes the list another one. */
const wanted = () => `${live.stream} ${live.status?.session} ${live.status?.ended_at}`;

async function load(cursor) {
  if (isLoading || !live.status) return;
  const asked = live.stream, about = wanted();
  isLoading = true;
  try {
    const { body } = await read(streamPath(`/sessions?limit=${PAGE}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`));
    if (asked !== live.stream) return;
    tell("sessions-message");
    if (cursor) {
      ended.push(...body.items);
      next = body.next;
    } else {
      take(body);
      settle(about);
    }
    total = body.total;
    show();
  } catch (error) {
    if (!isExpected(error)) throw error;
    tell("sessions-message", inWords(error)); // The next look asks again.
  } finally {
    isLoading = false;
  }
}

/** The newest page: it goes before what is known, or in its place if it does not reach that. */
function take(page) {
  const oldest = page.items.at(-1)?.number;
  const older = ended.filter((session) => session.number < oldest);
  const reaches = page.items.some((session) => session.number === ended[0]?.number);
  if (!reaches || older.length === 0) [ended, next] = [page.items, page.next];
  else ended = [...page.items, ...older];
}

/** A stream is stopped a moment before its session is in the list: then it is asked for again. */
function settle(about) {
  const { status } = live;
  const isMissing = status.status === "stopped" && status.ended_at && ended[0]?.number !== status.session;
  attempts = isMissing ? attempts + 1 : 0;
  if (!isMissing || attempts >= ATTEMPTS) [loadedFor, attempts] = [about, 0];
}

function show() {
  el("sessions-table").hidden = ended.length === 0;
  el("sessions-empty").hidden = ended.length > 0;
  el("sessions-more").hidden = !next;
  el("sessions-more").textContent = say("more", Math.min(PAGE, Math.max(total - ended.length, 1)));
  el("sessions").replaceChildren(...ended.map(make));
}

function make(session) {
  const row = el("session-row").content.firstElementChild.cloneNode(true);
  row.dataset.number = session.number;
  const set = (name, text) => {
    const cell = row.querySelector(`.${name}`);
    cell.querySelector(".value").textContent = text;
    cell.dataset.label = say(`session_${name}`);
  };
  set("started", dayAndTime(session.started_at));
  set("lasted", span(session.duration_seconds));
  set("reason", say(`reason_${session.reason}`));
  set("peak", session.peak_listeners);
  set("total", session.total_listeners);
  set("tracks", session.tracks_played);
  set("errors", session.errors_count);
  row.querySelector(".reason").classList.add(session.reason);
  row.querySelector(".errors").classList.toggle("some", session.errors_count > 0);
  const more = session.ended_by ? say("endedWho", sayWho(session.ended_by)) : session.detail ?? "";
  Object.assign(row.querySelector(".who"), { textContent: more, hidden: !more });
  return row;
}

function seen() {
  if (isOpen() && loadedFor !== wanted()) {
    if (loadedFor?.split(" ")[0] !== live.stream) [ended, next] = [[], null];
    load();
  }
}

export function connect() {
  el("sessions-more").addEventListener("click", () => load(next));
  document.addEventListener("tab-chosen", seen);
  on("status", seen);
  onLanguage(show);
}
