// The keyboard: arrows walk through the list, Alt and arrows move what is walked on, Ctrl+Z takes the last edit back.

import * as edits from "./edits.js";
import { more } from "./live.js";

const list = () => document.getElementById("queue");

/** Whether a key belongs to the text that is being written, which has an undo of its own. */
const isWriting = (node) =>
  node?.isContentEditable || (node?.matches?.("input, textarea, select") && !node.matches("[type=checkbox], [type=range], [type=file]"));

function inList(event) {
  const row = event.target.closest("#queue > li");
  if (!row || event.ctrlKey || event.metaKey) return;
  const id = row.dataset.itemId, moves = !row.classList.contains("current");
  const does = event.altKey ? {
    ArrowUp: () => moves && edits.moveBy(id, -1), ArrowDown: () => moves && edits.moveBy(id, 1),
    Home: () => moves && edits.moveToHead(id), End: () => moves && edits.moveToEnd(id),
  } : event.target !== row ? {} : {
    ArrowUp: () => row.previousElementSibling?.focus(), ArrowDown: () => (row.nextElementSibling ? row.nextElementSibling.focus() : more()),
    Home: () => list().firstElementChild.focus(), End: () => list().lastElementChild.focus(),
    Delete: () => moves && edits.remove(id),
  };
  const act = does[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

function anywhere(event) {
  const isUndo = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.code === "KeyZ";
  if (!isUndo || isWriting(event.target) || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  edits.undo();
}

export function connect() {
  list().addEventListener("keydown", inList);
  document.addEventListener("keydown", anywhere);
}
