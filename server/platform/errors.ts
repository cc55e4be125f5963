/** Numbers and short texts that fill in a message; never HTML. */
export type Params = Record<string, string | number>;

/**
 * Something a person can meet and is told in their words: not there, not allowed, too late, too large.
 *
 * `key` names a message of `words.refusals`. Everything else that is thrown is a bug and shows the calm page.
 */
export class Refusal extends Error {
  readonly status: number;
  readonly key: string;
  readonly params: Params;

  constructor(status: number, key: string, params: Params = {}) {
    super(`${status} ${key}`);
    this.name = "Refusal";
    this.status = status;
    this.key = key;
    this.params = params;
  }
}

/** Unknown, malformed and other people's ids all look the same from outside. */
export function notFound(): Refusal {
  return new Refusal(404, "not_found");
}

/** @param key why, as a key of `words.refusals`: `role`, `own_upload`, … */
export function forbidden(key = "role", params: Params = {}): Refusal {
  return new Refusal(403, key, params);
}

/** The state of the thing no longer allows it: someone was faster, or it is over. */
export function conflict(key = "conflict", params: Params = {}): Refusal {
  return new Refusal(409, key, params);
}

export function tooLarge(key = "too_large", params: Params = {}): Refusal {
  return new Refusal(413, key, params);
}

export function invalid(key = "invalid", params: Params = {}): Refusal {
  return new Refusal(422, key, params);
}

export function tooMany(key = "too_many", params: Params = {}): Refusal {
  return new Refusal(429, key, params);
}
