// What was played, newest first, how it went, and the button that plays it again.

import { add, read } from "./api.js";
import { act, queuePath, tell } from "./acts.js";
import { live, on } from "./live.js";
import { timeOfDay } from "./format.js";
import { onLanguage, say, sayWhy } from "./words.js";

const PAGE = 20;
const el = (id) => document.getElementById(id);
let past = [], next = null, limit = PAGE;

async function load() {
  const asked = live.stream;
  try {
    const { body } = await read(queuePath(`/history?limit=${limit}`));
    if (asked !== live.stream) return;
    past = body.items;
    next = body.next;
    show();
  } catch {
    // The next change of the queue asks again.
  }
}

function show() {
  el("history-empty").hidden = past.length > 0;
  el("history-more").hidden = next === null || limit >= 100;
  const focused = document.activeElement?.closest?.("#history li")?.dataset.seq;
  el("history").replaceChildren(...past.map(line));
  el("history").querySelector(`[data-seq="${focused}"] .again`)?.focus();
}

function line(item) {
  const row = el("history-item").content.firstElementChild.cloneNode(true);
  row.dataset.itemId = item.id;
  row.dataset.seq = item.seq;
  Object.assign(row.querySelector(".past-title"), { textContent: item.title, title: item.title });
  row.querySelector(".past-when").textContent = timeOfDay(item.finished_at);
  const why = item.failure ? `: ${sayWhy(item.failure.reason)} (${item.failure.detail})` : "";
  const how = row.querySelector(".past-how");
  how.textContent = say(item.outcome) + why;
  how.classList.add(item.outcome);
  const again = row.querySelector(".again");
  row.querySelector(".again-label").textContent = say("playAgainShort");
  again.setAttribute("aria-label", say("playAgain", item.title));
  again.addEventListener("click", () => playAgain(item));
  return row;
}

async function playAgain(item) {
  const answer = await act("history-message", () => add(queuePath(`/history/${item.id}/replay`), {}));
  if (answer) tell("history-message", say("added", item.title), { fine: true });
}

export function connect() {
  el("history-more").addEventListener("click", () => { limit = 100; load(); });
  on("queue", load);
  onLanguage(show);
}
