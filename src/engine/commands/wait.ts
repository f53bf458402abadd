// WAIT and WAITAOF: until replicas have what this connection has changed, in memory or on disk.

import { integerAt, isError } from "../arguments.ts";
import type { Bytes } from "../bytes.ts";
import { BLOCKING, type CommandSpec } from "../command.ts";
import { type Context, textAt } from "../context.ts";
import { MUST_BE_POSITIVE } from "../errors.ts";
import { parseInteger } from "../numbers.ts";
import { BLOCKED, ErrorReply, type Reply } from "../reply.ts";

const INT64_MAX = 9_223_372_036_854_775_807n;
const TIMEOUT_NOT_INTEGER = new ErrorReply("ERR timeout is not an integer or out of range");
const TIMEOUT_OUT_OF_RANGE = new ErrorReply("ERR timeout is out of range");
const TIMEOUT_NEGATIVE = new ErrorReply("ERR timeout is negative");
const NO_AOF = new ErrorReply("ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.");

function millisecondsAt(ctx: Context, argv: readonly Bytes[], at: number): number | ErrorReply {
  const value = parseInteger(textAt(argv, at));
  if (value === null) return TIMEOUT_NOT_INTEGER;
  if (value < 0) return TIMEOUT_NEGATIVE;
  return BigInt(value) > INT64_MAX - BigInt(Math.trunc(ctx.nowMs)) ? TIMEOUT_OUT_OF_RANGE : Number(value);
}

/** The connection whose changes are meant: inside a script that of its caller. */
function writtenUpTo(ctx: Context): number {
  return (ctx.engine.currentSession ?? ctx.session).writeOffset;
}

function parkFor(
  ctx: Context,
  argv: readonly Bytes[],
  timeoutMs: number,
  poll: () => Reply | null,
  now: () => Reply,
): Reply {
  const { engine, session, command } = ctx;
  engine.blocking.parkUntil(session, command, argv, timeoutMs, poll, now);
  engine.replication.requestAcks();
  return BLOCKED;
}

function wait(ctx: Context, argv: readonly Bytes[]): Reply {
  const { replication, role } = ctx.engine;
  if (role === "replica") {
    return new ErrorReply(
      "ERR WAIT cannot be used with replica instances. Please also note that if a replica is configured to be writable (which is not the default) writes to replicas are just local and are not propagated.",
    );
  }
  const wanted = integerAt(argv, 1);
  if (isError(wanted)) return wanted;
  const timeoutMs = millisecondsAt(ctx, argv, 2);
  if (isError(timeoutMs)) return timeoutMs;
  const offset = writtenUpTo(ctx);
  const count = () => replication.countAcks(offset);
  if (count() >= wanted || !ctx.mayBlock) return count();
  return parkFor(ctx, argv, timeoutMs, () => (count() >= wanted ? count() : null), count);
}

function waitAof(ctx: Context, argv: readonly Bytes[]): Reply {
  const { replication, role, parameters } = ctx.engine;
  const wantedHere = integerAt(argv, 1);
  if (isError(wantedHere)) return wantedHere;
  if (wantedHere !== 0 && wantedHere !== 1) {
    return new ErrorReply("ERR value is out of range, value must between 0 and 1");
  }
  const wanted = integerAt(argv, 2);
  if (isError(wanted)) return wanted;
  if (wanted < 0) return MUST_BE_POSITIVE;
  const timeoutMs = millisecondsAt(ctx, argv, 3);
  if (isError(timeoutMs)) return timeoutMs;
  if (role === "replica") {
    return new ErrorReply(
      "ERR WAITAOF cannot be used with replica instances. Please also note that writes to replicas are just local and are not propagated.",
    );
  }
  const impossible = () => wantedHere > 0 && !parameters.flag("appendonly");
  if (impossible()) return NO_AOF;
  const offset = writtenUpTo(ctx);
  const counts = (): [here: number, replicas: number] => [
    replication.fsyncedOffset >= offset ? 1 : 0,
    replication.countFsynced(offset),
  ];
  const enough = ([here, replicas]: readonly [number, number]) => here >= wantedHere && replicas >= wanted;
  if (enough(counts()) || !ctx.mayBlock) return counts();
  const poll = () => (impossible() ? NO_AOF : enough(counts()) ? counts() : null);
  return parkFor(ctx, argv, timeoutMs, poll, counts);
}

const base = { group: "generic", complexity: "O(1)", cost: "ping", flags: BLOCKING } as const;

export const WAIT_COMMANDS: readonly CommandSpec[] = [
  {
    ...base,
    name: "wait",
    arity: 3,
    since: "3.0.0",
    summary: "Waits until so many replicas have what this connection has changed.",
    run: wait,
  },
  {
    ...base,
    name: "waitaof",
    arity: 4,
    since: "7.2.0",
    summary: "Waits until what this connection has changed is in append-only files, here or at replicas.",
    run: waitAof,
  },
];
