// Times as people read them.

import { currentLanguage } from "./words.js";

/** `123.4` as `2:03`. */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const h = Math.floor(whole / 3600), m = Math.floor(whole / 60) % 60, s = String(whole % 60).padStart(2, "0");
  return h ? `${h}:${String(m).padStart(2, "0")}:${s}` : `${m}:${s}`;
}

const times = new Map(); // By language: making one takes longer than using it a thousand times.

/** A moment as the time of day. */
export function timeOfDay(moment) {
  const language = currentLanguage();
  if (!times.has(language)) times.set(language, new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" }));
  return times.get(language).format(new Date(moment));
}

/** A moment as the day and the time of day. */
export function dayAndTime(moment) {
  const parts = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" };
  return new Intl.DateTimeFormat(currentLanguage(), parts).format(new Date(moment));
}

/** `90` as `1 min 30 sec`: of each length the two largest units. */
export function span(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const parts = [["day", Math.floor(whole / 86_400)], ["hour", Math.floor(whole / 3_600) % 24], ["minute", Math.floor(whole / 60) % 60], ["second", whole % 60]];
  const first = parts.findIndex(([, n]) => n > 0);
  const shown = first < 0 ? [parts[3]] : parts.slice(first, first + 2).filter(([, n]) => n > 0);
  const unit = ([name, n]) => new Intl.NumberFormat(currentLanguage(), { style: "unit", unit: name, unitDisplay: "short" }).format(n);
  return shown.map(unit).join(" ");
}

/** `4200000` as `4.2 MB`. */
export function size(bytes) {
  const unit = bytes < 1e6 ? "kilobyte" : bytes < 1e9 ? "megabyte" : "gigabyte";
  const by = { kilobyte: 1e3, megabyte: 1e6, gigabyte: 1e9 }[unit];
  return new Intl.NumberFormat(currentLanguage(), { style: "unit", unit, maximumFractionDigits: 1 }).format(bytes / by);
}
