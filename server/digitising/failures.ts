import type { ErrorCode } from "./rules.ts";

/** A conversion that did not succeed, with the reason people are told. The detail is for the log. */
export class ConversionFailed extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, detail = "") {
    super(`${code}${detail === "" ? "" : `: ${detail}`}`);
    this.name = "ConversionFailed";
    this.code = code;
  }
}
