// Who listens, and the end that the stream is heading for when nobody does. The countdown comes with the status; what is asked for
// besides is at most one thing a look: the settings, now and then, or which sources are unknown, while some are.

import { change, read } from "./api.js";
import { act, announce, isExpected, streamPath, tell } from "./acts.js";
import { isRunning, live, on } from "./live.js";
import { clock, span } from "./format.js";
import { secondsUntil } from "./servertime.js";
import { onLanguage, say } from "./words.js";

const WHERE = "auto-end-message", SOON_S = 60, TICK_MS = 250, SETTINGS_EVERY_MS = 15_000;
const el = (id) => document.getElementById(id);
let settings, sources = []; // As they were read last, of the stream that is shown.
let shownStream, settingsAt = -Infinity, hadTimer, asking = false;
let warned; // How much was left when it was looked at last, and of which end.

/** Shows settings that somebody has just read or changed. */
export function learnSettings(body) {
  settings = body;
  settingsAt = performance.now();
  show();
}

const timer = () => (isRunning() ? live.status.auto_end : null) ?? undefined;
const isUnknown = () => isRunning() && live.status.listeners_known === false;

function seen() {
  if (shownStream !== live.stream) {
    [shownStream, settings, sources, settingsAt, warned] = [live.stream, undefined, [], -Infinity, undefined];
    tell(WHERE);
  }
  // What was set differently shows first in a timer that comes or goes.
  if (hadTimer !== Boolean(timer())) settingsAt = -Infinity;
  hadTimer = Boolean(timer());
  if (!isUnknown()) sources = [];
  show();
  refresh();
}

async function refresh() {
  const isOld = performance.now() - settingsAt > SETTINGS_EVERY_MS;
  if (asking || !live.status || !(isOld || isUnknown())) return;
  const asked = live.stream;
  asking = true;
  try {
    const { body } = await read(streamPath(isOld ? "/auto-end" : "/listeners"));
    if (asked !== live.stream) return;
    if (isOld) return learnSettings(body);
    sources = body.sources.filter((one) => !one.known).map((one) => one.source);
    show();
  } catch (error) {
    if (!isExpected(error)) throw error; // The next look asks again.
  } finally {
    asking = false;
  }
}

function show() {
  const runs = isRunning(), count = live.status?.listeners_count ?? 0;
  el("auto-end-settings").disabled = !live.status;
  el("audience").hidden = !runs;
  el("audience").textContent = isUnknown() ? say(count ? "atLeast" : "audienceUnknown", count) : count ? say("listeners", count) : say("nobody");
  el("unknown-sources").hidden = sources.length === 0;
  el("unknown-sources").textContent = say("unknownSources", sources.map((one) => (one === "player" ? say("ownPlayer") : one)).join(", "));
  const { held } = timer() ?? {};
  el("held").hidden = !held;
  el("held").textContent = held ? say(`held_${held}`) : "";
  el("rule").textContent = rule();
  tick();
}

/** When it ends by itself, in a sentence. */
function rule() {
  if (!settings) return "";
  if (!settings.enabled) return say("ruleOff");
  const { timeout_seconds: timeout, only_when_queue_empty: whenEmpty, windows } = settings;
  return say("rule", { after: span(timeout), whenEmpty, windows: windows.length });
}

function tick() {
  const end = timer(), section = el("auto-end");
  el("ending").hidden = el("keep-alive").hidden = !end;
  const left = end && secondsUntil(end.timeout_at);
  const state = !end ? "none" : end.held ? "held" : left <= SOON_S ? "warning" : "counting";
  if (section.dataset.state !== state) {
    section.dataset.state = state;
    el("keep-alive").classList.toggle("primary", state === "warning");
  }
  if (!end) return void (warned = undefined);
  el("ends-in").textContent = say(state === "held" ? "dueIn" : "endsIn");
  const text = clock(Math.ceil(left));
  if (el("countdown").textContent !== text) el("countdown").textContent = text;
  const whole = (Date.parse(end.timeout_at) - Date.parse(end.started_at)) / 1_000;
  el("ending-bar").value = whole > 0 ? Math.min(1, left / whole) : 0;
  if (state !== "held") warn(end.timeout_at, left);
}

/** Tells those who hear the page, when a warning is due and never else. */
function warn(timeoutAt, left) {
  const before = warned?.timeoutAt === timeoutAt ? warned.left : undefined;
  warned = { timeoutAt, left };
  const due = (settings?.warnings_seconds ?? []).filter((seconds) => before > seconds && left <= seconds);
  if (due.length) announce(say("endsSoon", span(Math.min(...due))));
}

async function keepAlive() {
  const answer = await act(WHERE, () => change("POST", streamPath("/auto-end/keep-alive")));
  if (!answer) return;
  learnSettings(answer.body);
  tell(WHERE, say("keptAlive"), { fine: true });
}

export function connect() {
  el("keep-alive").addEventListener("click", keepAlive);
  on("status", seen);
  onLanguage(show);
  setInterval(tick, TICK_MS);
}
