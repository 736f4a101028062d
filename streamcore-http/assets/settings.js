// How the stream ends by itself: a form of what holds for it, each part its own or the server's default. Only what differs is sent.

import { Refused, change, read } from "./api.js";
import { inWords, isExpected, streamPath, tell } from "./acts.js";
import * as autoend from "./autoend.js";
import { span } from "./format.js";
import { live, lookAgain } from "./live.js";
import { onLanguage, say } from "./words.js";
import * as windows from "./windows.js";

const el = (id) => document.getElementById(id);
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
let stored; // What was read when the form was opened, and of which stream.

/** Text that is no whole number goes to the server as it is: what is wrong with it is the server's to say. */
const wholeOr = (text, times = 1) => {
  const seconds = Number(text) * times;
  return text.trim() !== "" && Number.isInteger(seconds) ? seconds : text;
};

const listed = () => el("set-warnings").value.split(/[\s,;]+/).filter(Boolean);

/** The parts of the form: which keys of the API each is, how it is read and written, and the default in words. */
const PARTS = {
  enabled: {
    read: () => ({ enabled: el("set-enabled").checked }),
    write: ({ enabled }) => { el("set-enabled").checked = enabled; },
    words: ({ enabled }) => say(enabled ? "on" : "off"),
  },
  timeout: {
    read: () => ({ timeout_seconds: wholeOr(el("set-timeout").value, Number(el("set-unit").value)) }),
    write: ({ timeout_seconds: seconds }) => {
      el("set-unit").value = seconds % 60 ? 1 : 60;
      el("set-timeout").value = seconds / el("set-unit").value;
    },
    words: ({ timeout_seconds }) => span(timeout_seconds),
  },
  warnings: {
    read: () => ({ warnings_seconds: listed().map((text) => wholeOr(text)) }),
    write: ({ warnings_seconds }) => { el("set-warnings").value = warnings_seconds.join(", "); },
    words: ({ warnings_seconds }) => warnings_seconds.join(", ") || say("none"),
  },
  "queue-empty": {
    read: () => ({ only_when_queue_empty: el("set-queue-empty").checked }),
    write: ({ only_when_queue_empty }) => { el("set-queue-empty").checked = only_when_queue_empty; },
    words: ({ only_when_queue_empty }) => say(only_when_queue_empty ? "on" : "off"),
  },
  schedule: {
    read: () => ({ time_zone: el("set-zone").value.trim(), windows: windows.read() }),
    write: ({ time_zone, windows: all }) => {
      el("set-zone").value = time_zone;
      windows.write(all);
    },
    words: ({ time_zone, windows: all }) => say("scheduleWords", [time_zone, all.length]),
  },
};

const part = (name) => document.querySelector(`#settings-form [data-part=${name}]`);
const isDefault = (name) => part(name).querySelector(".default input").checked;

/** A part that is as the server's default shows it, and cannot be edited. */
function lock(name) {
  const fixed = isDefault(name);
  part(name).classList.toggle("as-default", fixed);
  for (const control of part(name).querySelectorAll("input, select, button")) if (!control.closest(".default")) control.disabled = fixed;
}

function fill() {
  for (const [name, { read: now, write }] of Object.entries(PARTS)) {
    write(stored.body);
    const [key] = Object.keys(now());
    part(name).querySelector(".default input").checked = !stored.body.overrides.includes(key);
    lock(name);
  }
  showWords();
}

function showWords() {
  el("settings-stream").textContent = live.status?.name ?? `${say("stream")} ${live.stream}`;
  if (!stored) return;
  for (const [name, { words }] of Object.entries(PARTS)) {
    part(name).querySelector(".default span").textContent = say("asDefault", words(stored.body.defaults));
  }
}

/** What is to be different: the value of what is the stream's own now, nothing where the default is to hold again. */
function changes() {
  const wanted = {};
  for (const [name, { read: now }] of Object.entries(PARTS)) {
    for (const [key, value] of Object.entries(now())) {
      const wasOwn = stored.body.overrides.includes(key);
      if (isDefault(name)) {
        if (wasOwn) wanted[key] = null;
      } else if (!wasOwn || !same(value, stored.body[key])) {
        wanted[key] = value;
      }
    }
  }
  return wanted;
}

/** Where an error about this field of the API is shown, what it is about, and the words before it. */
function placeOf(field) {
  const [, key, index, inside] = /^(\w+)(?:\[(\d+)\])?(?:\.(\w+))?/.exec(field) ?? [];
  const at = (name, control, prefix = "") => ({ box: part(name).querySelector(":scope > .field-error"), control, prefix });
  if (key === "windows") {
    const row = index && windows.row(Number(index));
    if (!row) return at("schedule", el("add-window"));
    const control = row.querySelector(inside === "from" || inside === "to" ? `.${inside}` : "input");
    return { box: row.querySelector(".field-error"), control, prefix: "" };
  }
  if (key === "time_zone") return { box: el("zone-error"), control: el("set-zone"), prefix: "" };
  if (key === "timeout_seconds") return at("timeout", el("set-timeout"));
  if (key === "warnings_seconds") return at("warnings", el("set-warnings"), index && `“${listed()[index]}”: `);
  if (key === "enabled") return at("enabled", el("set-enabled"));
  if (key === "only_when_queue_empty") return at("queue-empty", el("set-queue-empty"));
  return undefined;
}

/** The server counts the windows from 0, and in seconds, whatever was typed. */
function sayProblem(field, message) {
  const counted = message.replace(/`?windows\[(\d+)\]`?/g, (_, index) => say("theWindow", Number(index) + 1));
  const said = /_seconds/.test(field) ? say("inSeconds", counted) : counted;
  return said;
}

function clearProblems() {
  tell("settings-message");
  for (const box of document.querySelectorAll("#settings-form .field-error")) Object.assign(box, { textContent: "", hidden: true });
  for (const control of document.querySelectorAll("#settings-form [aria-invalid]")) {
    control.removeAttribute("aria-invalid");
    control.removeAttribute("aria-describedby");
  }
}

let boxes = 0;

function showProblems(error) {
  const elsewhere = [];
  let first;
  for (const { field, message } of error.details?.fields ?? []) {
    const place = placeOf(field);
    if (!place) { elsewhere.push(`${field}: ${message}`); continue; }
    const { box, control, prefix } = place;
    const problem = sayProblem(field, message);
    const said = prefix ? prefix + problem : problem.charAt(0).toUpperCase() + problem.slice(1);
    box.textContent = box.textContent ? `${box.textContent}\n${said}` : said;
    box.hidden = false;
    box.id ||= `field-error-${(boxes += 1)}`;
    control.setAttribute("aria-invalid", "true");
    control.setAttribute("aria-describedby", box.id);
    first ??= control;
  }
  if (!first || elsewhere.length) tell("settings-message", elsewhere.join("\n") || inWords(error));
  first?.focus();
}

async function open() {
  const asked = live.stream;
  try {
    const { body } = await read(streamPath("/auto-end"));
    if (asked !== live.stream) return;
    stored = { stream: asked, body };
  } catch (error) {
    if (!isExpected(error)) throw error;
    return tell("auto-end-message", inWords(error));
  }
  clearProblems();
  fill();
  if (!el("settings-dialog").open) el("settings-dialog").showModal();
}

const close = () => el("settings-dialog").close();

async function save(event) {
  event.preventDefault();
  const wanted = changes();
  clearProblems();
  if (Object.keys(wanted).length === 0) return close();
  el("settings-save").disabled = true;
  try {
    const answer = await change("PUT", `api/v1/streams/${stored.stream}/auto-end`, wanted);
    if (!answer) return; // No token: the form stays as it is.
    close();
    if (stored.stream === live.stream) autoend.learnSettings(answer.body);
    tell("auto-end-message", say("settingsSaved"), { fine: true });
    await lookAgain();
  } catch (error) {
    if (!isExpected(error)) throw error;
    if (error instanceof Refused) showProblems(error);
    else tell("settings-message", inWords(error));
  } finally {
    el("settings-save").disabled = false;
  }
}

/** The time zones that this browser knows, its own first; any other name can be typed. */
function offerZones() {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const all = new Set([own, "UTC", ...(Intl.supportedValuesOf?.("timeZone") ?? [])].filter(Boolean));
  el("zones").replaceChildren(...[...all].map((zone) => new Option("", zone)));
}

function defaultChosen(event) {
  const name = event.target.closest(".default") && event.target.closest("[data-part]")?.dataset.part;
  if (!name) return;
  if (isDefault(name)) PARTS[name].write(stored.body.defaults);
  lock(name);
}

export function connect() {
  windows.connect();
  offerZones();
  el("auto-end-settings").addEventListener("click", open);
  el("settings-cancel").addEventListener("click", close);
  el("settings-form").addEventListener("submit", save);
  el("settings-form").addEventListener("change", defaultChosen);
  onLanguage(showWords);
}
