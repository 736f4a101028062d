// Dragging a row by its handle, with a mouse, a finger or a pen. The list may change meanwhile: what counts is between which
// rows it was let go.

import { announce } from "./acts.js";
import * as edits from "./edits.js";
import { say } from "./words.js";

const EDGE_PX = 70, SCROLL_PX = 12;
let drag; // What is dragged: the row, where the pointer is, before which row it would go.

const list = () => document.getElementById("queue");

function begin(event) {
  const row = event.target.closest(".handle")?.closest("li");
  if (!row || event.button !== 0 || row.classList.contains("current")) return;
  event.preventDefault();
  // The list holds the pointer, as it stays where it is while rows come and go.
  list().setPointerCapture(event.pointerId);
  drag = { row, id: row.dataset.itemId, pointer: event.pointerId, fromY: event.clientY + scrollY, y: event.clientY, mark: undefined };
  row.classList.add("dragged");
  list().classList.add("dragging");
  announce(say("dragging", row.querySelector(".item-title").textContent));
  requestAnimationFrame(follow);
}

/** Follows the pointer, once a frame; scrolls where it is near an edge of the window. */
function follow() {
  if (!drag) return;
  if (!drag.row.isConnected || drag.row.classList.contains("current")) return end();
  const { row, y } = drag;
  if (y < EDGE_PX) scrollBy(0, -SCROLL_PX);
  if (y > innerHeight - EDGE_PX) scrollBy(0, SCROLL_PX);
  row.style.transform = `translate(1rem, ${y + scrollY - drag.fromY}px)`;
  mark(target(y));
  requestAnimationFrame(follow);
}

/** The row before which a row that is let go at this height goes; `null`: behind all. */
function target(y) {
  const others = [...list().children].filter((row) => row !== drag.row && !row.classList.contains("current"));
  let low = 0, high = others.length;
  while (low < high) {
    const middle = (low + high) >> 1, box = others[middle].getBoundingClientRect();
    if (y < box.top + box.height / 2) high = middle;
    else low = middle + 1;
  }
  return others[low] ?? null;
}

function mark(before) {
  if (drag.mark === before) return;
  unmark();
  drag.mark = before;
  const last = [...list().children].findLast((row) => row !== drag.row);
  if (before) before.classList.add("drop-before");
  else last?.classList.add("drop-after");
}

function unmark() {
  for (const row of list().querySelectorAll(".drop-before, .drop-after")) row.classList.remove("drop-before", "drop-after");
}

function end() {
  if (!drag) return;
  drag.row.classList.remove("dragged");
  drag.row.style.transform = "";
  list().classList.remove("dragging");
  unmark();
  if (list().hasPointerCapture(drag.pointer)) list().releasePointerCapture(drag.pointer);
  drag = undefined;
}

async function drop(event) {
  if (!drag || event.pointerId !== drag.pointer) return;
  const { id, row } = drag, before = target(event.clientY);
  end();
  if (before === row.nextElementSibling) return;
  await edits.moveBefore(id, before?.dataset.itemId);
}

export function connect() {
  const moved = (event) => { if (drag?.pointer === event.pointerId) drag.y = event.clientY; };
  list().addEventListener("pointerdown", begin);
  // Wherever it goes: a browser may take the pointer from the list, and the row is in hand until it is let go.
  document.addEventListener("pointermove", moved);
  document.addEventListener("pointerup", drop);
  document.addEventListener("pointercancel", (event) => drag?.pointer === event.pointerId && end());
  document.addEventListener("keydown", (event) => event.key === "Escape" && end());
}
