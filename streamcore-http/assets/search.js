// Searching the library and the server's files, and choosing several of what is found. What was chosen stays chosen while one searches on.

import { add, read, withToken } from "./api.js";
import { queuePath, tell } from "./acts.js";
import { addEach, inBatch } from "./queueing.js";
import { clock, size } from "./format.js";
import { forget, lookAgain } from "./live.js";
import { onLanguage, say } from "./words.js";
import * as token from "./token.js";

const WHERE = "add-message", LIMIT = 100, WAIT_MS = 200;
const el = (id) => document.getElementById(id);
const chosen = new Map(); // By key: what to add.
let found = [], more = false, asked, timer, lastTicked, busy = false;
let reasons = new Map();

/** What a track or a file is to the queue, and how it reads. */
const ofTrack = (track) => ({
  key: track.id, item: { track_id: track.id }, title: track.title, url: track.url,
  facts: [track.artist, track.duration === null ? "" : clock(track.duration), track.url],
});
const ofFile = (file) => ({
  key: file.url, item: { url: file.url }, title: file.url.split("/").pop(), url: file.url,
  facts: [file.url.includes("/") ? file.url.slice(0, file.url.lastIndexOf("/")) : "", size(file.bytes)],
});

async function search() {
  const wanted = el("add-url").value.trim(), bearer = token.get();
  if (asked === `${wanted}\n${bearer}`) return;
  asked = `${wanted}\n${bearer}`;
  const mine = asked, q = encodeURIComponent(wanted.slice(0, 200));
  const nothing = { body: { items: [], more: false, next: null } };
  try {
    const ask = (path) => (bearer ? read(`${path}?limit=${LIMIT}&q=${q}`, { Authorization: `Bearer ${bearer}` }) : nothing);
    const [tracks, files] = await Promise.all([ask("api/v1/tracks"), ask("api/v1/media")]);
    if (mine !== asked) return; // Somebody typed on.
    const known = new Set(tracks.body.items.map((track) => track.url));
    found = [...tracks.body.items.map(ofTrack), ...files.body.items.filter((file) => !known.has(file.url)).map(ofFile)];
    more = tracks.body.next !== null || files.body.more;
    lastTicked = undefined;
    show();
  } catch {
    asked = undefined; // Only an offer: adding says what is wrong.
  }
}

const soon = () => { clearTimeout(timer); timer = setTimeout(search, WAIT_MS); };

/** Searches anew, as there is something new to find. */
export function refresh() {
  asked = undefined;
  return search();
}

function show() {
  el("found").replaceChildren(...found.map(row));
  el("found").hidden = found.length === 0;
  const note = !token.get() ? say("tokenForFiles") : more ? say("foundMore", found.length) : found.length ? "" : say("foundNothing");
  el("found-note").hidden = !note;
  el("found-note").textContent = note;
  el("found-token").hidden = Boolean(token.get());
  showChosen();
}

function row(one) {
  const line = el("found-item").content.firstElementChild.cloneNode(true);
  line.dataset.key = one.key;
  const box = line.querySelector("input");
  box.checked = chosen.has(one.key);
  Object.assign(line.querySelector(".found-title"), { textContent: one.title, title: one.url });
  line.querySelector(".found-facts").textContent = one.facts.filter(Boolean).join(" · ");
  const why = reasons.get(one.key);
  line.querySelector(".found-problem").hidden = !why;
  line.querySelector(".found-problem").textContent = why ?? "";
  return line;
}

function showChosen() {
  el("add-submit").textContent = chosen.size ? say("addCount", chosen.size) : say("add");
  el("add-submit").disabled = busy;
  el("choose-none").hidden = chosen.size === 0;
  el("choose-all").hidden = found.length < 2 || found.every((one) => chosen.has(one.key));
}

function choose(one, wanted) {
  if (wanted) chosen.set(one.key, one);
  else chosen.delete(one.key);
}

/** A tick; with Shift all from the last one to this one. */
function tick(event) {
  const box = event.target.closest("input[type=checkbox]");
  const index = box ? found.findIndex((one) => one.key === box.closest("li").dataset.key) : -1;
  if (index < 0) return;
  const from = event.shiftKey && lastTicked !== undefined ? lastTicked : index;
  const range = found.slice(Math.min(from, index), Math.max(from, index) + 1);
  // In the order in which somebody goes through them.
  if (from > index) range.reverse();
  for (const one of range) choose(one, box.checked);
  lastTicked = index;
  for (const line of el("found").children) line.querySelector("input").checked = chosen.has(line.dataset.key);
  showChosen();
}

function walk(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const boxes = [...el("found").querySelectorAll("input")];
  const next = boxes.indexOf(document.activeElement) + step;
  (next < 0 ? el("add-url") : boxes[Math.min(next, boxes.length - 1)])?.focus();
}

async function submit(event) {
  event.preventDefault();
  const typed = el("add-url").value.trim();
  const ofTyped = chosen.size === 0;
  const wanted = ofTyped ? (typed ? [{ key: typed, item: { url: typed }, title: typed }] : []) : [...chosen.values()];
  if (busy) return;
  if (wanted.length === 0) return el("add-url").focus();
  busy = true;
  showChosen();
  tell(WHERE);
  try {
    const front = el("add-next").checked;
    const request = (some) => add(queuePath("/items/batch"), { items: some.map((one) => one.item), priority: front });
    settle(wanted, await addEach(wanted, request, inBatch, { front }), ofTyped);
  } finally {
    busy = false;
    show();
    forget();
    await lookAgain();
  }
}

/** What was queued is no longer chosen; what was refused neither, and says why; what was not tried stays. */
function settle(wanted, { added, refused, left, problem }, ofTyped) {
  for (const one of wanted.filter((one) => !left.includes(one))) chosen.delete(one.key);
  reasons = new Map([...refused].map(([one, words]) => [one.key, words]));
  if (left.length && !problem) return; // No token: nothing was asked for.
  if (ofTyped && added.length && el("add-url").value.trim() === wanted[0].key) {
    el("add-url").value = "";
    soon();
  }
  el("add-url").focus();
  if (problem) return tell(WHERE, problem);
  if (refused.size) return tell(WHERE, [...refused].map(([one, words]) => `${one.title}: ${words}`).slice(0, 3).join("\n"));
  tell(WHERE, added.length === 1 ? say("added", added[0].title) : say("addedCount", added.length), { fine: true });
}

export function connect() {
  el("add").addEventListener("submit", submit);
  el("add").addEventListener("keydown", walk);
  el("add-url").addEventListener("input", soon);
  el("add-url").addEventListener("focus", soon);
  el("found").addEventListener("click", tick);
  el("choose-none").addEventListener("click", () => { chosen.clear(); show(); el("add-url").focus(); });
  el("choose-all").addEventListener("click", () => { for (const one of found) choose(one, true); show(); });
  el("found-token").addEventListener("click", () => withToken(async (bearer) => bearer));
  token.onChange(search);
  onLanguage(show);
  search();
}
