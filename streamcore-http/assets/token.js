// The service token: asked for when it is needed, kept for this tab only, never written anywhere else.

import { Refused, verify } from "./api.js";
import { onLanguage, say } from "./words.js";

const STORED = "streamcore.token";
const el = (id) => document.getElementById(id);
const watchers = [];
let answer;

export const get = () => sessionStorage.getItem(STORED) ?? undefined;

/** Calls `seen` after each change. */
export const onChange = (seen) => watchers.push(seen);

function keep(value) {
  if (value) sessionStorage.setItem(STORED, value);
  else sessionStorage.removeItem(STORED);
  for (const seen of watchers) seen();
}

export const forget = () => keep(undefined);

/** Opens the dialog. Resolves to a token that the server took, or to nothing. */
export function ask(problem) {
  complain(problem);
  el("token-input").value = "";
  el("token-forget").hidden = !get();
  if (!el("token-dialog").open) el("token-dialog").showModal();
  el("token-input").focus();
  answer?.(undefined);
  return new Promise((resolve) => (answer = resolve));
}

function close(value) {
  const resolve = answer;
  answer = undefined;
  if (el("token-dialog").open) el("token-dialog").close();
  el("token-input").value = "";
  resolve?.(value);
}

function complain(problem) {
  el("token-error").hidden = !problem;
  el("token-error").textContent = problem ?? "";
}

async function save(event) {
  event.preventDefault();
  const value = el("token-input").value.trim();
  if (!value) return;
  el("token-save").disabled = true;
  try {
    await verify(value);
  } catch (error) {
    // Only a refusal of the token itself keeps it out: the media directory may be away for other reasons.
    if (!(error instanceof Refused) || error.status === 401) {
      complain(error instanceof Refused ? error.message : say("offlineNow"));
      el("token-input").select();
      return;
    }
  } finally {
    el("token-save").disabled = false;
  }
  keep(value);
  close(value);
}

export function connect() {
  el("token-form").addEventListener("submit", save);
  el("token-open").addEventListener("click", () => ask());
  el("token-cancel").addEventListener("click", () => close(undefined));
  el("token-forget").addEventListener("click", () => { forget(); close(undefined); });
  el("token-dialog").addEventListener("close", () => close(undefined));
  const show = () => {
    el("token-open").classList.toggle("set", Boolean(get()));
    el("token-open").title = get() ? say("tokenSet") : "";
  };
  onChange(show);
  onLanguage(show);
}
