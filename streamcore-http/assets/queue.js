// The queue and the history on the page. Rows are kept by item, so that focus and half-typed numbers survive an update.

import { read } from "./api.js";
import { onLanguage, say, sayWhy } from "./words.js";
import * as token from "./token.js";

const el = (id) => document.getElementById(id);
const rows = new Map();
let shown;
let past = [];
let actions;

/** `123.4` as `2:03`. */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const h = Math.floor(whole / 3600), m = Math.floor(whole / 60) % 60, s = String(whole % 60).padStart(2, "0");
  return h ? `${h}:${String(m).padStart(2, "0")}:${s}` : `${m}:${s}`;
}

/** Shows a queue: `{items, total, current_index}`. */
export function show(queue) {
  shown = queue;
  const list = el("queue");
  const kept = new Set(queue.items.map((item) => item.id));
  for (const [id, row] of rows) if (!kept.has(id)) { row.remove(); rows.delete(id); }
  const focused = document.activeElement;
  queue.items.forEach((item, index) => {
    const row = rows.get(item.id) ?? makeRow(item);
    if (list.children[index] !== row) list.insertBefore(row, list.children[index] ?? null);
    fillRow(row, item, index, queue);
  });
  // Moving an element takes its focus away.
  if (focused?.isConnected && focused !== document.activeElement && list.contains(focused)) focused.focus();
  el("queue-total").textContent = queue.total ? say("items", queue.total) : "";
  el("queue-empty").hidden = queue.total > 0;
  const left = queue.total - queue.items.length;
  el("more").hidden = left <= 0;
  el("more").textContent = say("more", Math.min(left, 100));
}

function makeRow(item) {
  const row = el("queue-item").content.firstElementChild.cloneNode(true);
  row.dataset.itemId = item.id;
  rows.set(item.id, row);
  const place = () => shown.items.findIndex((other) => other.id === item.id);
  row.querySelector(".up").addEventListener("click", () => actions.move(item.id, place() - 1));
  row.querySelector(".down").addEventListener("click", () => actions.move(item.id, place() + 1));
  row.querySelector(".remove").addEventListener("click", () => actions.remove(item.id));
  const position = row.querySelector(".position");
  const reset = () => (position.value = place() + 1);
  position.addEventListener("change", async () => {
    // Text that is no number reads as empty, but is bad input; an emptied field asks for nothing.
    const typed = position.value.trim(), wanted = Number(typed);
    const asked = typed !== "" || position.validity.badInput;
    const first = firstWaiting(shown) + 1;
    if (asked && !(typed !== "" && Number.isSafeInteger(wanted) && wanted >= first)) {
      actions.refusePlace(first, shown.total);
    } else if (asked && wanted - 1 !== place()) {
      await actions.move(item.id, wanted - 1);
    }
    reset();
  });
  position.addEventListener("blur", reset);
  return row;
}

/** The 0-based place of the first item that can be moved: the current one keeps its place. */
const firstWaiting = (queue) => (queue.current_index === 1 ? 1 : 0);

function fillRow(row, item, index, queue) {
  const current = queue.current_index === 1 && index === 0;
  row.classList.toggle("current", current);
  row.setAttribute("aria-current", String(current));
  row.dataset.position = index + 1;
  const set = (selector, text) => {
    const node = row.querySelector(selector);
    if (node.textContent !== text) node.textContent = text;
    return node;
  };
  set(".item-title", item.title).title = item.title;
  const facts = [item.duration === null ? "" : clock(item.duration), item.url, item.added_by ?? ""];
  set(".item-facts", facts.filter(Boolean).join(" · ")).title = item.url;
  const position = row.querySelector(".position");
  position.max = queue.total;
  if (document.activeElement !== position) position.value = index + 1;
  position.setAttribute("aria-label", say("position", item.title));
  row.querySelector(".place").title = current ? say("playingAt1") : "";
  for (const [name, off] of [["up", index <= firstWaiting(queue)], ["down", index >= queue.total - 1], ["remove", false]]) {
    const button = row.querySelector(`.${name}`);
    const focused = document.activeElement === button;
    button.disabled = current || off;
    // At the end of its way an arrow hands the focus to the other one, so that a keyboard does not start over.
    if (focused && button.disabled) row.querySelector(name === "up" ? ".down" : ".up").focus();
    button.setAttribute("aria-label", say(name, item.title));
    button.title = say(name, item.title);
  }
}

/** Shows finished items, newest first. */
export function showHistory(items) {
  past = items;
  el("history-empty").hidden = items.length > 0;
  el("history").replaceChildren(...items.map((item) => {
    const line = document.createElement("li");
    line.dataset.itemId = item.id;
    const part = (name, text) => {
      const span = document.createElement("span");
      span.className = name;
      span.textContent = text;
      line.append(span);
      return span;
    };
    part("past-title", item.title).title = item.title;
    part("past-when", new Date(item.finished_at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" }));
    const why = item.failure ? `: ${sayWhy(item.failure.reason)} (${item.failure.detail})` : "";
    part(`past-how ${item.outcome}`, say(item.outcome) + why);
    return line;
  }));
}

/** Offers the server's files while somebody types, once there is a token to ask with. */
function offerMedia() {
  let timer, asked;
  const offer = async () => {
    const bearer = token.get(), wanted = el("add-url").value.trim();
    if (!bearer || asked === wanted) return;
    asked = wanted;
    try {
      const path = `api/v1/media?limit=50&q=${encodeURIComponent(wanted)}`;
      const { body } = await read(path, { Authorization: `Bearer ${bearer}` });
      el("media").replaceChildren(...body.items.map((file) => Object.assign(document.createElement("option"), { value: file.url })));
    } catch {
      asked = undefined; // Only an offer: adding says what is wrong.
    }
  };
  const soon = () => { clearTimeout(timer); timer = setTimeout(offer, 200); };
  el("add-url").addEventListener("input", soon);
  el("add-url").addEventListener("focus", soon);
}

/** `wanted` does what the buttons ask for: `{move(id, place), remove(id), add(url, next), more()}`. */
export function connect(wanted) {
  actions = wanted;
  offerMedia();
  el("more").addEventListener("click", () => actions.more());
  el("add").addEventListener("submit", async (event) => {
    event.preventDefault();
    const location = el("add-url").value.trim();
    if (!location) return;
    el("add-submit").disabled = true;
    const added = await actions.add(location, el("add-next").checked);
    el("add-submit").disabled = false;
    if (added) {
      el("add-url").value = "";
      el("add-url").focus();
    }
  });
  onLanguage(() => {
    if (shown) show(shown);
    showHistory(past);
  });
}
