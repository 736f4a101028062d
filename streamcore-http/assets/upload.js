// Files from the person's machine: dropped anywhere on the page or chosen, sent one after the other, queued when they are there.

import { Refused, Unreachable, add, parsed, send, url, withToken } from "./api.js";
import { inWords, isExpected, queuePath, tell } from "./acts.js";
import { addEach, fieldWords, inBatch } from "./queueing.js";
import { size } from "./format.js";
import { forget, lookAgain } from "./live.js";
import { currentLanguage, onLanguage, say } from "./words.js";
import * as paste from "./paste.js";
import * as search from "./search.js";
import * as tabs from "./tabs.js";

const WHERE = "add-message", PATH = "api/v1/tracks/upload", MAX_LIST_BYTES = 1024 * 1024;
const LIST = /\.(m3u8?|pls)$/i;
const el = (id) => document.getElementById(id);
const files = []; // `{file, state, sent, why, track, xhr, row}`
let sending = false;
let possible; // Whether this server takes files; not known before somebody has one.

/** Takes files: lists are read, all else is sent. */
async function take(list) {
  const taken = [...list];
  if (taken.length === 0) return;
  for (const file of taken.filter((one) => LIST.test(one.name))) await takeList(file);
  const media = taken.filter((one) => !LIST.test(one.name));
  if (media.length === 0) return;
  tabs.open("tab-files");
  tell(WHERE);
  if (!(await isPossible())) return tell(WHERE, say("noUploads"));
  for (const file of media) files.push({ file, state: "waiting", sent: 0, row: undefined });
  show();
  work();
}

async function takeList(file) {
  if (file.size > MAX_LIST_BYTES) return tell(WHERE, say("listTooLong", [file.name, size(MAX_LIST_BYTES)]));
  await paste.take(await file.text());
}

/** A server without uploads knows no POST there. */
async function isPossible() {
  if (possible) return true;
  try {
    const { headers } = await send("OPTIONS", PATH);
    possible = headers.get("allow")?.includes("POST") ?? false;
  } catch (error) {
    if (!isExpected(error)) throw error;
    // Who does not answer may take it later: the upload itself says what is wrong.
    possible = error instanceof Unreachable || error.status !== 404;
  }
  return possible;
}

/** Sends what waits, one after the other: in their order, and none takes the line of another. */
async function work() {
  if (sending) return;
  sending = true;
  try {
    for (let one; (one = files.find((other) => other.state === "waiting")); ) await sendOne(one);
    await queueAll();
  } finally {
    sending = false;
  }
}

async function sendOne(one) {
  one.state = "sending";
  show();
  try {
    one.track = await withToken((bearer) => upload(one, bearer));
    if (one.track) one.state = "there";
    else for (const other of files.filter((other) => other === one || other.state === "waiting")) other.state = "noToken";
  } catch (error) {
    if (!isExpected(error)) throw error;
    // The same file is there already: that one is as good.
    const same = error.code === "track_exists" ? error.details.track_id : undefined;
    if (same) Object.assign(one, { state: "there", track: { id: same } });
    else if (one.state !== "cancelled") Object.assign(one, { state: "failed", why: wordsOf(error) });
  }
  one.xhr = undefined;
  show();
  if (one.state === "there") {
    search.refresh();
    if (!el("add-next").checked) await queueAll();
  }
}

function wordsOf(error) {
  if (error instanceof Unreachable) return say("uploadBroken");
  // Which file it is about is plain.
  return error.details.fields?.[0]?.field === "file" ? fieldWords(error) : inWords(error);
}

/** `fetch` does not tell how much of a body was sent. */
function upload(one, bearer) {
  return new Promise((resolve, reject) => {
    const xhr = (one.xhr = new XMLHttpRequest());
    xhr.open("POST", url(`${PATH}?filename=${encodeURIComponent(one.file.name)}`));
    const headers = {
      Accept: "application/json", "Accept-Language": currentLanguage(), Authorization: `Bearer ${bearer}`,
      "Content-Type": "application/octet-stream",
    };
    for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value);
    xhr.upload.addEventListener("progress", (event) => { one.sent = event.loaded; showProgress(one); });
    xhr.addEventListener("load", () => {
      const body = parsed(xhr.responseText);
      if (xhr.status >= 200 && xhr.status < 300 && body) resolve(body);
      else reject(new Refused(xhr.status, body));
    });
    xhr.addEventListener("error", () => reject(new Unreachable("the upload broke off")));
    xhr.addEventListener("abort", () => reject(new Unreachable("the upload was cancelled")));
    xhr.send(one.file);
  });
}

/** Queues the tracks that came, if the person wants that. */
async function queueAll() {
  const there = files.filter((one) => one.state === "there");
  if (there.length === 0 || !el("upload-queue").checked) return;
  for (const one of there) one.state = "queueing";
  const front = el("add-next").checked;
  const request = (some) => add(queuePath("/items/batch"), { items: some.map(({ key }) => ({ track_id: key })), priority: front });
  const entries = there.map((one) => ({ key: one.track.id, one }));
  const { refused, left, problem } = await addEach(entries, request, inBatch, { front });
  for (const entry of entries) {
    const why = refused.get(entry) ?? (left.includes(entry) ? problem : undefined);
    Object.assign(entry.one, why ? { state: "refused", why } : { state: left.includes(entry) ? "there" : "queued" });
  }
  show();
  forget();
  await lookAgain();
}

function show() {
  for (const one of files) {
    if (!one.row) {
      one.row = el("upload-item").content.firstElementChild.cloneNode(true);
      one.row.querySelector(".upload-name").textContent = one.file.name;
      one.row.querySelector(".upload-cancel").addEventListener("click", () => cancel(one));
      one.row.querySelector(".upload-again").addEventListener("click", () => { one.state = "waiting"; one.sent = 0; show(); work(); });
      el("uploads").append(one.row);
    }
    showOne(one);
  }
  el("uploads").hidden = files.length === 0;
  el("uploads-clear").hidden = !files.some(isOver);
}

const isOver = (one) => ["queued", "there", "failed", "refused", "cancelled", "noToken"].includes(one.state);

function showOne(one) {
  const { row, state } = one;
  row.dataset.state = state;
  if (state !== "sending") row.querySelector(".upload-state").textContent = say(`upload_${state}`, one.why);
  row.querySelector("progress").hidden = state !== "sending";
  const cancels = row.querySelector(".upload-cancel"), again = row.querySelector(".upload-again");
  cancels.hidden = state !== "sending" && state !== "waiting";
  again.hidden = !["failed", "cancelled", "noToken"].includes(state);
  cancels.textContent = say("cancel");
  again.textContent = say("again");
  cancels.setAttribute("aria-label", say("cancelUpload", one.file.name));
  again.setAttribute("aria-label", say("uploadAgain", one.file.name));
  showProgress(one);
}

function showProgress(one) {
  const bar = one.row.querySelector("progress");
  bar.max = Math.max(one.file.size, 1);
  bar.value = one.sent;
  bar.setAttribute("aria-label", one.file.name);
  if (one.state !== "sending") return;
  const state = one.sent >= one.file.size ? say("upload_checking") : say("upload_sending", [size(one.sent), size(one.file.size)]);
  one.row.querySelector(".upload-state").textContent = state;
}

function cancel(one) {
  one.state = "cancelled";
  one.xhr?.abort();
  show();
}

function clear() {
  for (const one of files.filter(isOver)) one.row.remove();
  files.splice(0, files.length, ...files.filter((one) => !isOver(one)));
  show();
}

/** The whole page takes what is dropped on it, and says so while something is held over it. */
function connectDropping() {
  let depth = 0;
  const holds = (event) => event.dataTransfer?.types.includes("Files");
  const seen = (shown) => document.body.classList.toggle("dropping", shown);
  document.addEventListener("dragenter", (event) => { if (holds(event)) { event.preventDefault(); depth += 1; seen(true); } });
  document.addEventListener("dragleave", (event) => { if (holds(event)) seen((depth -= 1) > 0); });
  document.addEventListener("dragover", (event) => { if (holds(event)) event.preventDefault(); });
  document.addEventListener("drop", (event) => {
    depth = 0;
    seen(false);
    if (!holds(event)) return;
    event.preventDefault();
    take(event.dataTransfer.files);
  });
}

export function connect() {
  el("upload-files").addEventListener("change", () => {
    const list = [...el("upload-files").files];
    el("upload-files").value = "";
    take(list);
  });
  el("uploads-clear").addEventListener("click", clear);
  addEventListener("beforeunload", (event) => sending && event.preventDefault());
  connectDropping();
  onLanguage(show);
}
