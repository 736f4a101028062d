// The server's clock, as far as its answers tell it: a countdown is counted here, to a moment that was named there.

// By how many milliseconds the server's clock is ahead of ours, at least and at most. Ours is the one that nobody sets.
let least = -Infinity, most = Infinity;

/**
 * Learns from an answer that named a moment and the whole seconds until then, rounded up; it was asked for and received at these times.
 * Each answer says it to a second or so, and all of them together much better: polls correct what is shown without making it jump.
 */
export function learn({ timeout_at, remaining_seconds }, asked, received) {
  const end = Date.parse(timeout_at);
  const low = end - remaining_seconds * 1_000 - received;
  const high = remaining_seconds > 0 ? end - (remaining_seconds - 1) * 1_000 - asked : Infinity;
  // Answers that contradict each other: one of the clocks was set, or this machine slept. The newest is right.
  const fits = low <= most && high >= least;
  [least, most] = fits ? [Math.max(least, low), Math.min(most, high)] : [low, high];
}

/** How many seconds are left until this moment, at least 0. */
export function secondsUntil(moment) {
  const ahead = Number.isFinite(most) ? (least + most) / 2 : least;
  return Math.max(0, (Date.parse(moment) - ahead - performance.now()) / 1_000);
}
