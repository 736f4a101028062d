// Pasting: several paths or addresses, or a whole list. What is queued leaves the box; what was refused stays, with the reason.

import { add } from "./api.js";
import { queuePath, tell } from "./acts.js";
import { addEach } from "./queueing.js";
import { editable, entries, written } from "./lists.js";
import { forget, lookAgain } from "./live.js";
import { onLanguage, say } from "./words.js";
import * as tabs from "./tabs.js";

const WHERE = "add-message";
const el = (id) => document.getElementById(id);
let reasons = new Map(); // By location: why it was refused.
let busy = false;

function show() {
  const found = entries(el("paste").value);
  el("paste-submit").textContent = found.length ? say("addCount", found.length) : say("add");
  el("paste-submit").disabled = busy || found.length === 0;
  el("paste").classList.toggle("has-problems", reasons.size > 0);
  const wrong = found.filter((entry) => reasons.has(entry.location));
  el("paste-problems").hidden = wrong.length === 0;
  el("paste-problems").replaceChildren(...wrong.map(problem));
}

function problem(entry) {
  const row = document.createElement("li"), to = document.createElement("button");
  to.type = "button";
  to.className = "line";
  to.dir = "auto";
  to.textContent = say("line", [entry.line, entry.location]);
  to.addEventListener("click", () => select(entry));
  row.append(to, Object.assign(document.createElement("span"), { textContent: reasons.get(entry.location) }));
  return row;
}

/** Marks the line of an entry in the box, to be corrected. */
function select(entry) {
  const before = el("paste").value.split(/\r\n|\r|\n/).slice(0, entry.line - 1);
  const from = before.reduce((sum, line) => sum + line.length + 1, 0);
  el("paste").focus();
  el("paste").setSelectionRange(from, from + entry.location.length);
}

/** Which entry a refusal is about: a line of the list that was sent, or one that a rule of the queue is against. */
function culprit(error, some, places) {
  const line = /^lines\[(\d+)\]/.exec(error.details.fields?.[0]?.field ?? "")?.[1] ?? error.details.line;
  if (line !== undefined) return places.get(Number(line));
  return some[error.details.index];
}

async function submit(event) {
  event?.preventDefault();
  const pasted = el("paste").value, found = entries(pasted);
  if (busy || found.length === 0) return;
  busy = true;
  tell(WHERE);
  show();
  const front = el("add-next").checked;
  const path = queuePath(`/import${front ? "?priority=true" : ""}`);
  let places;
  const request = (some) => {
    const list = written(some);
    places = list.places;
    return add(path, list.text);
  };
  try {
    const { added, refused, left, problem: why } = await addEach(found, request, (error, some) => culprit(error, some, places), { front });
    reasons = new Map([...refused].map(([entry, words]) => [entry.location, words]));
    const staying = found.filter((entry) => refused.has(entry) || left.includes(entry));
    // Who wrote on meanwhile keeps what they wrote.
    const later = el("paste").value.startsWith(pasted) ? el("paste").value.slice(pasted.length) : el("paste").value;
    if (added.length) el("paste").value = editable(staying) + (staying.length && later.trim() ? "\n" : "") + later.replace(/^\s+/, "");
    if (why) tell(WHERE, why);
    else if (refused.size) tell(WHERE, say("addedSome", [added.length, refused.size]));
    else if (added.length) tell(WHERE, say("addedCount", added.length), { fine: true });
  } finally {
    busy = false;
    show();
    forget();
    await lookAgain();
  }
}

/** Takes the text of a list file: it is as if it had been pasted. */
export function take(text) {
  tabs.open("tab-paste");
  const kept = el("paste").value.trimEnd();
  el("paste").value = kept ? `${kept}\n${editable(entries(text))}` : text;
  show();
  return submit();
}

export function connect() {
  el("paste-form").addEventListener("submit", submit);
  el("paste").addEventListener("input", show);
  el("paste").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit(event);
  });
  onLanguage(show);
}
