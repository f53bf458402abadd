// The options that XADD and XTRIM share: how far to trim, how exactly, and how much at most.

import { integerAt, isError, SYNTAX, wordAt } from "../arguments.ts";
import type { Bytes } from "../bytes.ts";
import { type Context, textAt } from "../context.ts";
import { ErrorReply } from "../reply.ts";
import type { Stream, Trim } from "../values/stream.ts";
import { formatId, leavesSeq, type StreamId } from "../values/stream-id.ts";
import { idAt } from "./stream-arguments.ts";

const BOTH = new ErrorReply("ERR syntax error, MAXLEN and MINID options at the same time are not compatible");
const NEGATIVE_LENGTH = new ErrorReply("ERR The MAXLEN argument must be >= 0.");
const NEGATIVE_LIMIT = new ErrorReply("ERR The LIMIT argument must be >= 0.");
const LIMIT_ALONE = new ErrorReply("ERR syntax error, LIMIT cannot be used without specifying a trimming strategy");
const LIMIT_EXACT = new ErrorReply("ERR syntax error, LIMIT cannot be used without the special ~ option");
const NO_STRATEGY = new ErrorReply("ERR syntax error, XTRIM must be called with a trimming strategy");

/** Nodes that an approximate trim looks at unless a limit is given. */
const DEFAULT_NODES = 100;
const DEFAULT_LIMIT = 10_000;
const LARGEST_LIMIT = 1_000_000;

export interface TrimOptions {
  readonly trim: Trim | null;
  /** Where the threshold stands in the call; the "~" is before it. */
  readonly threshold: number;
  /** XADD: the position of the id, the id if one is given, whether it leaves the number to the stream. */
  readonly idPosition: number;
  readonly id: StreamId | null;
  readonly autoSeq: boolean;
  readonly noMakeStream: boolean;
}

export function parseTrimOptions(ctx: Context, argv: readonly Bytes[], isAdd: boolean): TrimOptions | ErrorReply {
  let keep: number | StreamId | null = null;
  let threshold = 0;
  let approximate = false;
  let limit: number | null = null;
  let id: StreamId | null = null;
  let autoSeq = false;
  let noMakeStream = false;
  let i = 2;
  for (; i < argv.length; i++) {
    const word = wordAt(argv, i);
    const more = argv.length - 1 - i;
    if (isAdd && word === "*") break;
    if ((word === "MAXLEN" || word === "MINID") && more > 0) {
      if (keep !== null) return BOTH;
      const sign = more > 1 ? wordAt(argv, i + 1) : "";
      approximate = sign === "~";
      if (approximate || sign === "=") i++;
      threshold = ++i;
      const given = word === "MAXLEN" ? integerAt(argv, i) : idAt(argv, i);
      if (isError(given)) return given;
      if (typeof given === "number" && given < 0) return NEGATIVE_LENGTH;
      keep = given;
    } else if (word === "LIMIT" && more > 0) {
      const given = integerAt(argv, ++i);
      if (isError(given)) return given;
      if (given < 0) return NEGATIVE_LIMIT;
      limit = given;
    } else if (isAdd && word === "NOMKSTREAM") {
      noMakeStream = true;
    } else if (isAdd) {
      const given = idAt(argv, i, { allowAuto: true });
      if (isError(given)) return given;
      id = given;
      autoSeq = leavesSeq(textAt(argv, i));
      break;
    } else {
      return SYNTAX;
    }
  }
  if (limit !== null && limit > 0 && keep === null) return LIMIT_ALONE;
  if (!isAdd && keep === null) return NO_STRATEGY;
  const allowed = limitOf(ctx, limit, approximate);
  if (isError(allowed)) return allowed;
  const trim = keep === null ? null : { keep, approximate, limit: allowed };
  return { trim, threshold, idPosition: i, id, autoSeq, noMakeStream };
}

function limitOf(ctx: Context, given: number | null, approximate: boolean): number | ErrorReply {
  // What the primary trimmed is trimmed here too, however much it is.
  if (ctx.session.fromPrimary) return 0;
  if (given !== null) return approximate ? given : LIMIT_EXACT;
  if (!approximate) return 0;
  const limit = DEFAULT_NODES * ctx.engine.settings.streamNodeMaxEntries;
  return limit <= 0 ? DEFAULT_LIMIT : Math.min(limit, LARGEST_LIMIT);
}

/** An approximate trim in a call becomes the exact one that it came to. */
export function exactTrim(call: Bytes[], stream: Stream, { trim, threshold }: TrimOptions): void {
  if (trim === null || !trim.approximate) return;
  call[threshold - 1] = "=";
  call[threshold] = typeof trim.keep === "number" ? String(stream.length) : formatId(stream.firstStoredId);
}
