// Requests to the server that this page came from. Paths are relative, so the page also works under a prefix.

import { currentLanguage } from "./words.js";
import * as token from "./token.js";

const TIME_LIMIT_MS = 20_000;

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

/** Sends a request. Answers `{status, body, etag}`; 304 comes with no body. */
export async function send(method, path, { body, headers = {}, bearer } = {}) {
  const all = { Accept: "application/json", "Accept-Language": currentLanguage(), ...headers };
  if (bearer) all.Authorization = `Bearer ${bearer}`;
  if (body !== undefined) all["Content-Type"] = "application/json";
  let response, text;
  try {
    response = await fetch(url(path), {
      method, headers: all, cache: "no-store", credentials: "omit",
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(TIME_LIMIT_MS),
    });
    text = await response.text();
  } catch (error) {
    throw new Unreachable(error.message);
  }
  let parsed;
  try { parsed = text ? JSON.parse(text) : undefined; } catch { parsed = undefined; }
  if (!response.ok && response.status !== 304) throw new Refused(response.status, parsed);
  return { status: response.status, body: parsed, etag: response.headers.get("etag") };
}

export const read = (path, headers) => send("GET", path, { headers });

/** Changes something: asks for the token when there is none, and again when it is wrong. None: the reader gave up. */
export async function change(method, path, body, headers) {
  let wrong;
  for (;;) {
    const bearer = token.get() ?? (await token.ask(wrong));
    if (!bearer) return undefined;
    try {
      return await send(method, path, { body, headers, bearer });
    } catch (error) {
      if (error.status !== 401) throw error;
      token.forget();
      wrong = error.message;
    }
  }
}

/** Whether the server takes this token; throws its words if not. */
export const verify = (bearer) => send("GET", "api/v1/media?limit=1", { bearer });
