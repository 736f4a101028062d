// The page: puts its parts together, and shows which stream it is about.

import { translate, onLanguage, say, switchLanguage } from "./words.js";
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
  if (live.failures > 0) banner.textContent = left > 0 ? say("offline", left) : say("offlineNow");
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
onLanguage(showOffline);
setInterval(showOffline, 500);
look();
