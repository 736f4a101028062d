// The page: puts its parts together, and shows which stream it is about.

import { translate, onLanguage, say, switchLanguage } from "./words.js";
import { timeOfDay } from "./format.js";
import { choose, live, look, on, retryIn } from "./live.js";
import { tell } from "./acts.js";
import * as autoend from "./autoend.js";
import * as drag from "./drag.js";
import * as history from "./history.js";
import * as keys from "./keys.js";
import * as now from "./now.js";
import * as paste from "./paste.js";
import * as player from "./player.js";
import * as queue from "./queue.js";
import * as search from "./search.js";
import * as sessions from "./sessions.js";
import * as settings from "./settings.js";
import * as tabs from "./tabs.js";
import * as token from "./token.js";
import * as tools from "./tools.js";
import * as upload from "./upload.js";

const el = (id) => document.getElementById(id);

function showOffline() {
  const banner = el("offline"), left = retryIn();
  banner.hidden = live.failures === 0;
  const words = left > 0 ? say("offline", left) : say("offlineNow");
  if (live.failures > 0) banner.textContent = live.refusal ?? words;
}

/** What cannot be done while the store is away, and how old is what is shown. */
function showStore() {
  const banner = el("store-away"), { staleSince, store } = live;
  const words = staleSince ? say("storeAway", [timeOfDay(store?.since ?? staleSince), timeOfDay(staleSince)])
    : store?.since ? say("storeFull", timeOfDay(store.since)) : "";
  if (banner.textContent !== words) banner.textContent = words; // Said once, not each second.
  banner.hidden = words === "";
}

function showPicker() {
  const { stream, streams } = live;
  const known = streams.some((one) => String(one.id) === stream) ? streams : [{ id: stream, name: "" }, ...streams];
  el("picker").hidden = known.length < 2;
  const options = known.map((one) => new Option(one.name ? `${one.name} (${one.id})` : one.id, one.id));
  el("stream-select").replaceChildren(...options);
  el("stream-select").value = stream;
}

translate();
for (const part of [token, tabs, player, now, autoend, settings, queue, tools, drag, keys, history, sessions, search, paste, upload]) part.connect();
el("language").addEventListener("click", switchLanguage);
el("stream-select").addEventListener("change", (event) => {
  for (const where of ["message", "now-message", "history-message", "sessions-message"]) tell(where);
  choose(event.target.value);
});
// What was said of one way to add means nothing beside another.
document.querySelector(".adding").addEventListener("tab-chosen", () => tell("add-message"));
on("streams", showPicker);
on("connection", showOffline);
on("connection", showStore);
onLanguage(showStore);
onLanguage(showOffline);
setInterval(showOffline, 500);
look();
