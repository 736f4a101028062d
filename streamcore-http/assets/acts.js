// Doing one thing after the other, and saying what came of it where the person acted.

import { Refused, Unreachable } from "./api.js";
import { live, lookAgain, forget } from "./live.js";
import { say } from "./words.js";

const FINE_MS = 4_000, WITH_BUTTON_MS = 10_000;
const timers = new Map();
let last = Promise.resolve();

/**
 * Shows a message in the element `where`: what went wrong stays until something works there, what went well goes away by itself.
 * `button` is `{label, press}`.
 */
export function tell(where, text, { fine = false, button } = {}) {
  const box = document.getElementById(where);
  clearTimeout(timers.get(where));
  box.hidden = !text;
  box.classList.toggle("fine", fine);
  box.replaceChildren(text ?? "");
  if (button) {
    const press = Object.assign(document.createElement("button"), { type: "button", textContent: button.label });
    press.addEventListener("click", () => { tell(where); button.press(); });
    box.append(" ", press);
  }
  if (fine && text) timers.set(where, setTimeout(() => tell(where), button ? WITH_BUTTON_MS : FINE_MS));
}

/** Says something to those who hear the page instead of seeing it. */
export function announce(text) {
  document.getElementById("announce").textContent = text;
}

/** What an error means, in words: the server's own, except where those count places from 0, as people do not. */
export function inWords(error) {
  if (error instanceof Unreachable) return say("noAnswer");
  const { code, details, message, status } = error;
  if (code === "position_out_of_range") return say("places", [details.min + 1, details.max + 1]);
  if (status === 412) return say("changedMeanwhile");
  return message;
}

export const isExpected = (error) => error instanceof Refused || error instanceof Unreachable;

/** Does `action` after what is under way, says in `where` what went wrong, and looks again. Resolves to its answer, none if it was not done. */
export function act(where, action) {
  const done = last.then(async () => {
    let answer;
    try {
      answer = await action();
      if (answer !== undefined) tell(where);
    } catch (error) {
      if (!isExpected(error)) throw error;
      // What was seen is no longer true: read all of it, so that the next try is about what is there.
      if (error.status === 412) forget();
      tell(where, inWords(error));
      answer = undefined;
    }
    await lookAgain();
    return answer;
  });
  last = done.catch(() => {});
  return done;
}

/** Where the queue's routes of the stream are that is shown. */
export const queuePath = (rest = "") => `api/v1/queue/${live.stream}${rest}`;
export const streamPath = (rest = "") => `api/v1/streams/${live.stream}${rest}`;

/** The header that makes an edit count for the list that is seen and for no other. */
export const asSeen = () => ({ "If-Match": live.tag ?? "*" });
