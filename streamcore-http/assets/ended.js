// How a session ended, in words: the stream's last one where it is said that it is stopped, and those before in the list of sessions.

import { live } from "./live.js";
import { dayAndTime, span, timeOfDay } from "./format.js";
import { say } from "./words.js";

/** Who did something; the server's own names of people who have none, in the reader's language. */
export const sayWho = (by) => (by === "service token" ? say("byToken") : by);

/** Why the stream that is shown is stopped; empty if it runs, or never ran. */
export function whyStopped() {
  const { status } = live;
  if (status?.status !== "stopped" || !status.ended_at) return "";
  const isToday = new Date(status.ended_at).toDateString() === new Date().toDateString();
  const at = (isToday ? timeOfDay : dayAndTime)(status.ended_at);
  if (status.end_reason === "auto_end") {
    const alone = status.empty_seconds;
    return alone > 0 ? say("endedAlone", [at, span(alone)]) : say("endedByItself", at);
  }
  if (status.end_reason === "error") return say("endedByError", at);
  return status.ended_by ? say("endedBy", [at, sayWho(status.ended_by)]) : say("endedManually", at);
}
