// Above the list: what takes the last edit back, and what concerns the whole queue.

import * as edits from "./edits.js";
import { live, on } from "./live.js";
import { onLanguage, say, sayEdit } from "./words.js";

const el = (id) => document.getElementById(id);

function show() {
  const { queue } = live;
  if (!queue) return;
  el("undo").disabled = !queue.undo;
  el("undo-label").textContent = queue.undo ? say("undoOf", sayEdit(queue.undo)) : say("undo");
  el("undo").title = el("undo-label").textContent;
  el("restore").hidden = !queue.restorable;
  el("restore").textContent = say("restore", queue.restorable);
  const waiting = queue.total - (queue.current_index === 1 ? 1 : 0);
  el("shuffle").disabled = waiting < 2;
  el("clear").disabled = waiting < 1;
  for (const [id, value] of [["mode", queue.mode], ["repeat", queue.repeat]]) if (el(id).value !== value) el(id).value = value;
}

export function connect() {
  el("undo").addEventListener("click", edits.undo);
  el("restore").addEventListener("click", edits.restore);
  el("shuffle").addEventListener("click", edits.shuffle);
  el("clear").addEventListener("click", edits.clear);
  el("mode").addEventListener("change", () => edits.setMode(el("mode").value).then(show));
  el("repeat").addEventListener("change", () => edits.setRepeat(el("repeat").value).then(show));
  on("queue", show);
  onLanguage(show);
}
