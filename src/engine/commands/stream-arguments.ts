// What the stream commands share: ids and intervals in calls, replies of entries, and looking a stream up.

import { integerAt, isError } from "../arguments.ts";
import type { Bytes } from "../bytes.ts";
import { type Context, textAt } from "../context.ts";
import { NONE } from "../dict.ts";
import type { Engine } from "../engine.ts";
import { NOT_INTEGER, WRONG_TYPE } from "../errors.ts";
import { STREAM } from "../keyspace.ts";
import { parseInteger } from "../numbers.ts";
import { ErrorReply, type Reply } from "../reply.ts";
import { Stream, type StreamRules } from "../values/stream.ts";
import type { StreamGroup } from "../values/stream-group.ts";
import {
  formatId,
  type IdForm,
  type Integer,
  idAfter,
  idBefore,
  MAX_ID,
  parseId,
  type StreamId,
} from "../values/stream-id.ts";
import type { StreamEntry } from "../values/stream-node.ts";

const INVALID_ID = new ErrorReply("ERR Invalid stream ID specified as stream command argument");
const INVALID_START = new ErrorReply("ERR invalid start ID for the interval");
const INVALID_END = new ErrorReply("ERR invalid end ID for the interval");

/** A name as it stands in an error line: up to a zero byte, on one line. */
export function shownName(name: string): string {
  const zero = name.indexOf("\0");
  return (zero === -1 ? name : name.slice(0, zero)).replace(/[\r\n]/gu, " ");
}

/** The container's word that the call's subcommand gets along with when its arguments make no sense. */
export function subcommandSyntax(argv: readonly Bytes[]): ErrorReply {
  const word = shownName(textAt(argv, 1).slice(0, 128));
  const container = textAt(argv, 0).toUpperCase();
  return new ErrorReply(`ERR unknown subcommand or wrong number of arguments for '${word}'. Try ${container} HELP.`);
}

/** A complete id, or one whose number is 0; the error to answer when it is none. */
export function idAt(argv: readonly Bytes[], position: number, form?: IdForm): StreamId | ErrorReply {
  return parseId(textAt(argv, position), form) ?? INVALID_ID;
}

/** Ids from a position to the end. */
export function idsFrom(argv: readonly Bytes[], position: number): StreamId[] | ErrorReply {
  const ids: StreamId[] = [];
  for (let i = position; i < argv.length; i++) {
    const id = idAt(argv, i);
    if (isError(id)) return id;
    ids.push(id);
  }
  return ids;
}

/** The start of an interval: "-", an id, or "(id" for what comes after it. */
export function startAt(argv: readonly Bytes[], position: number): StreamId | ErrorReply {
  const text = textAt(argv, position);
  if (text.length < 2 || text[0] !== "(") return parseId(text, { allowEnds: true }) ?? INVALID_ID;
  const id = parseId(text.slice(1));
  return id === null ? INVALID_ID : (idAfter(id) ?? INVALID_START);
}

/** The end of an interval: "+", an id, or "(id" for what comes before it. */
export function endAt(argv: readonly Bytes[], position: number): StreamId | ErrorReply {
  const text = textAt(argv, position);
  const missingSeq = MAX_ID.seq;
  if (text.length < 2 || text[0] !== "(") return parseId(text, { allowEnds: true, missingSeq }) ?? INVALID_ID;
  const id = parseId(text.slice(1), { missingSeq });
  return id === null ? INVALID_ID : (idBefore(id) ?? INVALID_END);
}

/** An integer argument kept exact, or the error to answer. */
export function exactIntegerAt(argv: readonly Bytes[], position: number): Integer | ErrorReply {
  return parseInteger(textAt(argv, position)) ?? NOT_INTEGER;
}

/** An integer that a command names in its complaint. */
export function namedIntegerAt(argv: readonly Bytes[], position: number, complaint: string): number | ErrorReply {
  const value = integerAt(argv, position);
  return isError(value) ? new ErrorReply(`ERR ${complaint}`) : value;
}

/** A count of entries: below zero counts as zero. */
export function countAt(argv: readonly Bytes[], position: number): number | ErrorReply {
  const count = integerAt(argv, position);
  return isError(count) ? count : Math.max(0, count);
}

// ---------------------------------------------------------------------------------------------------------------------

/** The stream under an entry; null when there is no key, an error when it is something else. */
export function streamOf(ctx: Context, entry: number): Stream | null | ErrorReply {
  if (entry === NONE) return null;
  return ctx.db.typeOf(entry) === STREAM ? (ctx.db.valueOf(entry) as Stream) : WRONG_TYPE;
}

/** Consumers remember since 7.2 when they last got something. */
const CONSUMER_BYTES = 32;
const CONSUMER_BYTES_BEFORE = 24;

/** What the streams of this server go by. */
export function streamRules({ profile, sizeClass }: Engine): StreamRules {
  return { sizeClass, consumerBytes: profile.streamsSince72 ? CONSUMER_BYTES : CONSUMER_BYTES_BEFORE };
}

/** An empty stream for this server. */
export function newStream({ engine }: Context): Stream {
  return new Stream(streamRules(engine));
}

/** The server's time as streams note it. */
export function timeOf(ctx: Context): number {
  return Math.trunc(ctx.nowMs);
}

export function entryReply(entry: StreamEntry): Reply {
  const pairs: Reply[] = [];
  for (let i = 0; i < entry.fields.length; i++) pairs.push(entry.fields[i], entry.values[i]);
  return [formatId(entry), pairs];
}

/** Looks a consumer up, or makes it: that alone is a change. */
export function consumerOf(ctx: Context, key: string, group: StreamGroup, name: string) {
  const existing = group.consumers.get(name);
  if (existing !== undefined) return { consumer: existing, isNew: false };
  const consumer = group.addConsumer(name, timeOf(ctx));
  ctx.dirty++;
  ctx.engine.notifyKeyspace("t", "xgroup-createconsumer", key, ctx.db.index);
  return { consumer, isNew: true };
}
