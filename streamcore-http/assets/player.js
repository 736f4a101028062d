// The audio element behind our own button. Pressing it always joins the live broadcast: nothing old is kept.

import { url } from "./api.js";
import { onLanguage, say } from "./words.js";

const el = (id) => document.getElementById(id);
const RETRY_MS = [500, 1_000, 2_000, 4_000, 8_000];

let stream;
let running = false;
let wanted = false;
let state = "idle";
let note = "";
let failures = 0;
let timer;

function show(next = state, words = note) {
  state = next;
  note = words;
  const button = el("play");
  button.dataset.state = state;
  button.setAttribute("aria-pressed", String(state !== "idle"));
  const label = say(state === "idle" ? "listen" : "stopListening");
  el("play-label").textContent = label;
  button.title = label;
  el("play-note").textContent = note ? say(note) : "";
}

function joinLive() {
  clearTimeout(timer);
  const audio = el("audio");
  // A new address each time, so that no browser goes on with what it buffered.
  audio.src = `${url(`listen/${stream}`)}?at=${Date.now()}`;
  show("connecting", failures ? "reconnecting" : "connecting");
  audio.play().catch((error) => {
    if (error.name === "NotAllowedError") leave("blocked");
  });
}

function leave(words = "") {
  clearTimeout(timer);
  wanted = false;
  failures = 0;
  const audio = el("audio");
  audio.pause();
  audio.removeAttribute("src");
  audio.load();
  show("idle", words);
}

function lost() {
  if (!wanted || !el("audio").hasAttribute("src")) return;
  if (!running) return leave("notRunning");
  show("connecting", "reconnecting");
  clearTimeout(timer);
  timer = setTimeout(joinLive, RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)]);
}

/** Tells which stream is shown, whether it runs and what it plays. */
export function update(id, isRunning, title) {
  const changed = stream !== undefined && stream !== id;
  stream = id;
  running = isRunning;
  if (changed && wanted) joinLive();
  if (note === "notRunning" && running) show(state, "");
  if ("mediaSession" in navigator && title) navigator.mediaSession.metadata = new MediaMetadata({ title });
}

export function connect() {
  const audio = el("audio"), volume = el("volume");
  el("play").addEventListener("click", () => {
    if (wanted) return leave();
    if (!running) return show("idle", "notRunning");
    wanted = true;
    failures = 0;
    joinLive();
  });
  audio.addEventListener("playing", () => { failures = 0; show("playing", "live"); });
  audio.addEventListener("waiting", () => wanted && show("connecting", "connecting"));
  audio.addEventListener("ended", lost);
  audio.addEventListener("error", lost);
  const setVolume = () => (audio.volume = volume.value / 100);
  volume.addEventListener("input", setVolume);
  setVolume();
  onLanguage(() => show());
}
