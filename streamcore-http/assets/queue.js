// The rows of the queue. They are kept by item, so that focus, a drag and half-typed numbers survive an update.

import { firstWaiting, live, more, on, PAGE } from "./live.js";
import { clock, timeOfDay } from "./format.js";
import { onLanguage, currentLanguage, say } from "./words.js";
import * as edits from "./edits.js";

const el = (id) => document.getElementById(id);
const rows = new Map(); // By item: the row, and what is written in it.

/** Shows the queue that was seen last. */
function show() {
  const { queue } = live;
  if (!queue) return;
  const list = el("queue");
  const kept = new Set(queue.items.map((item) => item.id));
  const focused = document.activeElement;
  const place = focused?.closest?.("#queue > li")?.dataset.position;
  for (const [id, { row }] of rows) if (!kept.has(id)) { row.remove(); rows.delete(id); }
  // From the end, so that a row that goes to the front moves alone.
  for (let index = queue.items.length - 1, next = null; index >= 0; index--) {
    const item = queue.items[index];
    const known = rows.get(item.id) ?? make(item);
    if (known.row.nextElementSibling !== next || !known.row.isConnected) list.insertBefore(known.row, next);
    fill(known, item, index);
    next = known.row;
  }
  keepFocus(list, focused, place);
  el("queue-total").textContent = queue.total || "";
  el("queue-empty").hidden = queue.total > 0;
  const left = queue.total - queue.items.length;
  el("more").hidden = left <= 0;
  el("more").textContent = say("more", Math.min(left, PAGE));
}

/** Moving an element takes its focus away; removing it hands the focus to the one that took its place. */
function keepFocus(list, focused, place) {
  if (place === undefined || focused === document.activeElement) return makeReachable(list);
  const other = list.children[Math.min(Number(place), list.children.length) - 1] ?? el("queue-heading");
  (focused.isConnected ? focused : other).focus({ preventScroll: focused.isConnected });
  makeReachable(list);
}

/** One row is on the way of the Tab key, and the keys lead from there to the others. */
function makeReachable(list) {
  if (!list.querySelector(":scope > li.reachable")) reach(list.firstElementChild);
}

/** Puts this row, and what is in it, on the way of the Tab key. */
export function reach(row) {
  const before = el("queue").querySelector(":scope > li.reachable");
  if (!row || row === before) return;
  for (const [one, reachable] of [[before, false], [row, true]]) {
    if (!one) continue;
    one.classList.toggle("reachable", reachable);
    for (const part of [one, ...one.querySelectorAll("button, input")]) part.tabIndex = reachable ? 0 : -1;
  }
}

function make(item) {
  const row = el("queue-item").content.firstElementChild.cloneNode(true);
  row.dataset.itemId = item.id;
  for (const part of [row, ...row.querySelectorAll("button, input")]) part.tabIndex = -1;
  const known = { row, written: "" };
  rows.set(item.id, known);
  return known;
}

function fill(known, item, index) {
  const { row } = known, { queue } = live;
  const current = queue.current_index === 1 && index === 0;
  const begins = item.expected_at && live.status?.status !== "paused" && !current ? timeOfDay(item.expected_at) : "";
  const written = [index, queue.total, current, item.duration, begins, item.title, currentLanguage()].join("\n");
  if (written === known.written) return;
  known.written = written;
  row.classList.toggle("current", current);
  row.setAttribute("aria-current", String(current));
  row.dataset.position = index + 1;
  const set = (selector, text) => Object.assign(row.querySelector(selector), { textContent: text });
  set(".item-title", item.title).title = item.title;
  set(".item-length", item.duration === null ? "" : clock(item.duration));
  const who = item.added_by ?? (item.requested_by === null ? "" : `#${item.requested_by}`);
  const artist = typeof item.metadata?.artist === "string" ? item.metadata.artist : "";
  const facts = [begins && say("begins", begins), artist, who && say("by", who), item.url === item.title ? "" : item.url];
  set(".item-facts", facts.filter(Boolean).join(" · ")).title = item.url;
  const position = row.querySelector(".position");
  position.max = queue.total;
  if (document.activeElement !== position) position.value = index + 1;
  position.setAttribute("aria-label", say("position", item.title));
  row.querySelector(".place").title = current ? say("playingAt1") : "";
  const first = firstWaiting();
  const off = { up: index <= first, down: index >= queue.total - 1, "play-next": index <= first, "play-now": false, remove: false };
  for (const [name, isOff] of Object.entries(off)) {
    const button = row.querySelector(`.${name}`);
    const focused = document.activeElement === button;
    button.disabled = current || isOff;
    // At the end of its way an arrow hands the focus to the row, so that a keyboard does not start over.
    if (focused && button.disabled) row.focus();
    button.setAttribute("aria-label", say(name, item.title));
    button.title = say(name, item.title);
  }
  row.querySelector(".item-more").setAttribute("aria-label", say("itemMore", item.title));
}

const idOf = (node) => node.closest("#queue > li")?.dataset.itemId;

function press(event) {
  const button = event.target.closest("button");
  const id = button && idOf(button);
  if (!id) return;
  if (button.classList.contains("item-more")) {
    const open = button.closest("li").classList.toggle("open");
    button.setAttribute("aria-expanded", String(open));
    return;
  }
  const does = {
    up: () => edits.moveBy(id, -1), down: () => edits.moveBy(id, 1), remove: () => edits.remove(id),
    "play-now": () => edits.playNow(id), "play-next": () => edits.moveToHead(id),
  };
  Object.entries(does).find(([name]) => button.classList.contains(name))?.[1]();
}

/** A place that was typed. Text that is no number reads as empty, but is bad input; an emptied field asks for nothing. */
async function typed(event) {
  const field = event.target.closest(".position");
  const id = field && idOf(field);
  if (!id) return;
  const text = field.value.trim(), wanted = Number(text);
  const asked = text !== "" || field.validity.badInput;
  if (asked && !(text !== "" && Number.isSafeInteger(wanted) && wanted > firstWaiting())) {
    edits.refusePlace();
  } else if (asked && wanted - 1 !== edits.placeOf(id)) {
    await edits.moveToPlace(id, wanted - 1);
  }
  reset(field);
}

function reset(field) {
  const place = edits.placeOf(idOf(field) ?? "");
  if (place >= 0) field.value = place + 1;
}

export function connect() {
  const list = el("queue");
  list.addEventListener("click", press);
  list.addEventListener("change", typed);
  list.addEventListener("focusin", (event) => reach(event.target.closest("#queue > li")));
  list.addEventListener("focusout", (event) => event.target.matches(".position") && reset(event.target));
  el("more").addEventListener("click", more);
  // Who scrolls to the end wants more of it.
  new IntersectionObserver(([end]) => end.isIntersecting && more(), { rootMargin: "400px" }).observe(el("more"));
  on("queue", show);
  // Of what a stream does, only whether it plays is written in the rows.
  let shownFor;
  on("status", () => {
    if (shownFor !== live.status?.status) show();
    shownFor = live.status?.status;
  });
  onLanguage(show);
}
