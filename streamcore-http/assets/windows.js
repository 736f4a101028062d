// The windows of the week in which a stream never ends by itself, as rows to edit.

import { currentLanguage, onLanguage, say } from "./words.js";

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const A_MONDAY = Date.UTC(2024, 0, 1), DAY_MS = 86_400_000;
const el = (id) => document.getElementById(id);

// Midnight ends a day as 24:00, which a time field cannot hold: there it is the 00:00 that follows.
const ofField = (to) => (to === "00:00" ? "24:00" : to);
const toField = (to) => (to === "24:00" ? "00:00" : to);

const rows = () => [...el("windows").children];

/** What the rows say, as the API takes it. */
export const read = () => rows().map((row) => ({
  days: DAYS.filter((day) => row.querySelector(`[value=${day}]`).checked),
  from: row.querySelector(".from").value,
  to: ofField(row.querySelector(".to").value),
}));

/** Shows these windows. */
export function write(windows) {
  el("windows").replaceChildren(...windows.map(make));
  number();
}

/** The row of this 0-based place, where an error about it is shown. */
export const row = (index) => rows()[index];

function make({ days, from, to }) {
  const made = el("window-row").content.firstElementChild.cloneNode(true);
  for (const day of DAYS) {
    const label = Object.assign(document.createElement("label"), { className: "day" });
    label.append(Object.assign(document.createElement("input"), { type: "checkbox", value: day, checked: days.includes(day) }), document.createElement("span"));
    made.querySelector(".days").append(label);
  }
  made.querySelector(".from").value = from;
  made.querySelector(".to").value = toField(to);
  return made;
}

/** Says which row is which, in the reader's language. */
function number() {
  const short = new Intl.DateTimeFormat(currentLanguage(), { weekday: "short", timeZone: "UTC" });
  const long = new Intl.DateTimeFormat(currentLanguage(), { weekday: "long", timeZone: "UTC" });
  for (const [index, one] of rows().entries()) {
    one.setAttribute("aria-label", say("windowNo", index + 1));
    for (const [day, label] of one.querySelectorAll(".day").entries()) {
      label.querySelector("span").textContent = short.format(A_MONDAY + day * DAY_MS);
      label.querySelector("input").setAttribute("aria-label", long.format(A_MONDAY + day * DAY_MS));
    }
    one.querySelector(".days").setAttribute("aria-label", say("windowDays"));
    one.querySelector(".from").setAttribute("aria-label", say("windowFrom"));
    one.querySelector(".to").setAttribute("aria-label", say("windowTo"));
    Object.assign(one.querySelector(".remove-window"), { title: say("removeWindow", index + 1), ariaLabel: say("removeWindow", index + 1) });
  }
  el("no-windows").hidden = rows().length > 0;
}

function add() {
  el("windows").append(make({ days: DAYS.slice(0, 5), from: "09:00", to: "18:00" }));
  number();
  rows().at(-1).querySelector("input").focus();
}

function remove(event) {
  const gone = event.target.closest(".remove-window")?.closest("li");
  if (!gone) return;
  const next = gone.nextElementSibling ?? gone.previousElementSibling;
  gone.remove();
  number();
  (next?.querySelector(".remove-window") ?? el("add-window")).focus();
}

export function connect() {
  el("add-window").addEventListener("click", add);
  el("windows").addEventListener("click", remove);
  onLanguage(number);
}
