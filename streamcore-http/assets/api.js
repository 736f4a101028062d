// Requests to the server that this page came from. Paths are relative, so the page also works under a prefix.

import { currentLanguage } from "./words.js";
import * as token from "./token.js";

const TIME_LIMIT_MS = 20_000, AGAIN_MS = [700, 2_000];

/** An answer that says no, in the server's own words. */
export class Refused extends Error {
  constructor(status, body) {
    super(body?.message ?? `HTTP ${status}`);
    this.status = status;
    this.code = body?.error ?? "unknown";
    this.details = body?.details ?? {};
  }
}

/** No answer at all. */
export class Unreachable extends Error {}

export const url = (path) => new URL(path, new URL(".", location.href)).href;

export const parsed = (text) => {
  try { return text ? JSON.parse(text) : undefined; } catch { return undefined; }
};

/** Sends a request: a text as it is, anything else as JSON. Answers `{status, body, etag, headers}`; 304 comes with no body. */
export async function send(method, path, { body, headers = {}, bearer } = {}) {
  const all = { Accept: "application/json", "Accept-Language": currentLanguage(), ...headers };
  if (bearer) all.Authorization = `Bearer ${bearer}`;
  const isText = typeof body === "string";
  if (body !== undefined) all["Content-Type"] = isText ? "audio/x-mpegurl" : "application/json";
  let response, text;
  try {
    response = await fetch(url(path), {
      method, headers: all, cache: "no-store", credentials: "omit",
      body: isText || body === undefined ? body : JSON.stringify(body),
      signal: AbortSignal.timeout(TIME_LIMIT_MS),
    });
    text = await response.text();
  } catch (error) {
    throw new Unreachable(error.message);
  }
  if (!response.ok && response.status !== 304) throw new Refused(response.status, parsed(text));
  return { status: response.status, body: parsed(text), etag: response.headers.get("etag"), headers: response.headers };
}

/** Reads. With the token, if there is one: some things are told only to who shows it. */
export const read = (path, headers) => send("GET", path, { headers, bearer: token.get() });

/** Does `ask` with the token: asks for it when there is none, and again when it is wrong. None: the reader gave up. */
export async function withToken(ask) {
  let wrong;
  for (;;) {
    const bearer = token.get() ?? (await token.ask(wrong));
    if (!bearer) return undefined;
    try {
      return await ask(bearer);
    } catch (error) {
      if (error.status !== 401) throw error;
      token.forget();
      wrong = error.message;
    }
  }
}

/** Changes something. None: the reader has no token. */
export const change = (method, path, body, headers) =>
  withToken((bearer) => send(method, path, { body, headers, bearer }));

/** What was sent and never answered, and the key it went under: sent again it goes under the same, and is done once. */
const unanswered = new Map();

/** Adds something, once: also if the answer is lost and it is sent again, by itself or by the person. */
export async function add(path, body) {
  const what = `${path}\n${JSON.stringify(body)}`;
  const key = unanswered.get(what) ?? newKey();
  unanswered.set(what, key);
  for (let attempt = 0; ; attempt++) {
    try {
      const answer = await change("POST", path, body, { "Idempotency-Key": key });
      unanswered.delete(what);
      return answer;
    } catch (error) {
      const undecided = error instanceof Unreachable || error.code === "key_in_progress";
      if (!undecided) unanswered.delete(what);
      if (!undecided || attempt >= AGAIN_MS.length) throw error;
      await new Promise((done) => setTimeout(done, AGAIN_MS[attempt]));
    }
  }
}

/** `crypto.randomUUID` is only there over https. */
const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** Whether the server takes this token; throws its words if not. */
export const verify = (bearer) => send("GET", "api/v1/media?limit=1", { bearer });
