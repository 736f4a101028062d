// What a person does to the list that is shown. A place is meant for that list: if it changed, the server says so and nothing moves.

import { change } from "./api.js";
import { act, announce, asSeen, queuePath, streamPath, tell } from "./acts.js";
import { firstWaiting, isRunning, live } from "./live.js";
import { say, sayEdit } from "./words.js";

const WHERE = "message";

/** The 0-based place of an item now; -1: it is gone. */
export const placeOf = (id) => live.queue?.items.findIndex((item) => item.id === id) ?? -1;

const titleOf = (id) => live.queue?.items.find((item) => item.id === id)?.title ?? "";

/** Moves an item to where `target` says it goes, when it is its turn: after what is under way, on the list as it is then. */
async function moveTo(id, target) {
  const title = titleOf(id);
  const answer = await act(WHERE, async () => {
    const from = placeOf(id), to = target(from);
    if (from < 0) {
      tell(WHERE, say("gone", title));
      return undefined;
    }
    if (to === from) return { same: true };
    return change("PATCH", queuePath(`/items/${id}/move`), { position: to }, asSeen());
  });
  if (answer && placeOf(id) >= 0) announce(say("movedTo", [title, placeOf(id) + 1, live.queue.total]));
  return answer;
}

const bounded = (place) => Math.min(Math.max(place, firstWaiting()), (live.queue?.total ?? 1) - 1);

export const moveBy = (id, step) => moveTo(id, (from) => bounded(from + step));
export const moveToPlace = (id, place) => moveTo(id, () => place);
export const moveToHead = (id) => moveTo(id, () => firstWaiting());
export const moveToEnd = (id) => moveTo(id, () => live.queue.total - 1);

/** Puts an item before another one; none: behind the last that is shown. */
export function moveBefore(id, other) {
  return moveTo(id, (from) => {
    const to = other ? placeOf(other) : live.queue.items.length;
    return bounded(to > from ? to - 1 : to);
  });
}

export const refusePlace = () => tell(WHERE, say("places", [firstWaiting() + 1, live.queue.total]));

export async function remove(id) {
  const title = titleOf(id);
  const answer = await act(WHERE, () => change("DELETE", queuePath(`/items/${id}`)));
  if (answer) announce(say("removed", title));
}

/** Plays an item now: on a stream that is stopped it goes to the head, and the stream is started. */
export function playNow(id) {
  return act(WHERE, async () => {
    if (isRunning()) return change("POST", queuePath("/jump"), { item_id: id });
    const moved = await change("PATCH", queuePath(`/items/${id}/move`), { position: firstWaiting() }, asSeen());
    return moved && change("POST", streamPath("/start"));
  });
}

/** Takes back what the button names, and nothing that somebody did since. */
export async function undo() {
  if (!live.queue?.undo) return;
  const answer = await act(WHERE, () => change("POST", queuePath("/undo"), undefined, asSeen()));
  if (answer) tell(WHERE, say("undone", sayEdit(answer.body.undone)), { fine: true });
}

export const restore = () => act(WHERE, () => change("POST", queuePath("/restore")));

export async function clear() {
  const answer = await act(WHERE, () => change("DELETE", queuePath(), undefined, asSeen()));
  if (answer) tell(WHERE, answer.body.message, { fine: true, button: { label: say("restoreCleared"), press: restore } });
}

export const shuffle = () => act(WHERE, () => change("POST", queuePath("/shuffle")));

export const setRepeat = (repeat) => act(WHERE, () => change("PUT", queuePath("/repeat"), { repeat }));

/** Only what is added goes by the new order; what waits does too if the person says so. */
export async function setMode(mode) {
  const answer = await act(WHERE, () => change("PUT", queuePath("/mode"), { mode }));
  const sort = () => act(WHERE, () => change("POST", queuePath(`/migrate?from_mode=${mode}&to_mode=${mode}`)));
  if (answer && live.queue.total > 1) tell(WHERE, say("modeSet"), { fine: true, button: { label: say("sortWaiting"), press: sort } });
}
