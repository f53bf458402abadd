// Positions in sorted sets, with their geohash as score: GEOADD, GEOPOS, GEOHASH, GEODIST. Searches are in geo-search.ts.

import { isError, SYNTAX, wordAt } from "../arguments.ts";
import type { Bytes } from "../bytes.ts";
import { type CommandSpec, DENYOOM, ONE_KEY, READONLY, WRITE } from "../command.ts";
import { type Context, keyAt, textAt } from "../context.ts";
import { distance, geohashText, isOnMap, type Point, pointOf, scoreOf } from "../geohash.ts";
import { Double, ErrorReply, NULL_ARRAY, type Reply } from "../reply.ts";
import { lookingUp } from "./collection.ts";
import { addScores } from "./zset.ts";
import { scoreAt, zsetUnder } from "./zset-common.ts";

/** As printf's %f. */
function fixed(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  return Math.abs(value) < 1e21 ? value.toFixed(6) : `${BigInt(value)}.000000`;
}

/** A longitude and the latitude behind it, or the error to answer. */
export function pointAt(argv: readonly Bytes[], position: number): Point | ErrorReply {
  const longitude = scoreAt(argv, position);
  if (isError(longitude)) return longitude;
  const latitude = scoreAt(argv, position + 1);
  if (isError(latitude)) return latitude;
  const point = { longitude, latitude };
  if (isOnMap(point)) return point;
  return new ErrorReply(`ERR invalid longitude,latitude pair ${fixed(longitude)},${fixed(latitude)}`);
}

const METRES: Readonly<Record<string, number>> = { M: 1, KM: 1_000, FT: 0.3048, MI: 1_609.34 };
const UNKNOWN_UNIT = new ErrorReply("ERR unsupported unit provided. please use M, KM, FT, MI");

/** Metres in the unit named by an argument, or the error to answer. */
export function unitAt(argv: readonly Bytes[], position: number): number | ErrorReply {
  return METRES[wordAt(argv, position)] ?? UNKNOWN_UNIT;
}

/** A distance with four decimals, rounded to even. */
export function shownDistance(value: number): string {
  const scaled = value * 10_000;
  let whole = Math.round(scaled);
  if (whole - scaled === 0.5 && whole % 2 !== 0) whole--;
  const digits = String(whole).padStart(5, "0");
  return `${digits.slice(0, -4)}.${digits.slice(-4)}`;
}

/** One coordinate, with 17 decimals and without the zeros at their end. */
function shownCoordinate(value: number): Double {
  return new Double(value, value.toFixed(17).replace(/\.?0+$/u, ""));
}

export function shownPoint({ longitude, latitude }: Point): Reply {
  return [shownCoordinate(longitude), shownCoordinate(latitude)];
}

function geoadd(ctx: Context, argv: readonly Bytes[]): Reply {
  let first = 2;
  let [nx, xx] = [false, false];
  for (; first < argv.length; first++) {
    const word = wordAt(argv, first);
    if (word === "NX") nx = true;
    else if (word === "XX") xx = true;
    else if (word !== "CH") break;
  }
  if ((argv.length - first) % 3 !== 0 || (nx && xx)) return SYNTAX;
  const call: Bytes[] = ["ZADD", ...argv.slice(1, first)];
  for (let i = first; i < argv.length; i += 3) {
    const point = pointAt(argv, i);
    if (isError(point)) return point;
    call.push(BigInt(scoreOf(point)).toString(), argv[i + 2]);
  }
  ctx.propagateInstead(...call);
  return addScores(ctx, call, false);
}

/** Answers for each member named from argv[2] on; `none` for those that are not there. */
function forMembers(none: Reply, show: (point: Point) => Reply) {
  return (ctx: Context, argv: readonly Bytes[]): Reply => {
    const entry = ctx.read(keyAt(argv, 1));
    const zset = zsetUnder(ctx, entry);
    if (isError(zset)) return zset;
    ctx.effort.elements += argv.length - 2;
    if (zset === null) return argv.slice(2).map(() => none);
    return lookingUp(ctx, entry, zset, () =>
      argv.slice(2).map((_, i) => {
        const score = zset.scoreOf(textAt(argv, i + 2));
        return score === undefined ? none : show(pointOf(score));
      }),
    );
  };
}

function geodist(ctx: Context, argv: readonly Bytes[]): Reply {
  if (argv.length > 5) return SYNTAX;
  const metres = argv.length === 5 ? unitAt(argv, 4) : 1;
  if (isError(metres)) return metres;
  const entry = ctx.read(keyAt(argv, 1));
  const zset = zsetUnder(ctx, entry);
  if (zset === null || isError(zset)) return zset;
  return lookingUp(ctx, entry, zset, () => {
    const from = zset.scoreOf(textAt(argv, 2));
    const to = from === undefined ? undefined : zset.scoreOf(textAt(argv, 3));
    if (from === undefined || to === undefined) return null;
    return shownDistance(distance(pointOf(from), pointOf(to)) / metres);
  });
}

const reads = { flags: READONLY, keys: ONE_KEY, group: "geo", since: "3.2.0" } as const;

export const GEO_COMMANDS: readonly CommandSpec[] = [
  {
    name: "geoadd",
    arity: -5,
    flags: WRITE | DENYOOM,
    keys: ONE_KEY,
    group: "geo",
    since: "3.2.0",
    complexity: "O(log N) per member",
    summary: "Adds members with their positions.",
    cost: "zadd",
    run: geoadd,
  },
  {
    ...reads,
    name: "geopos",
    arity: -2,
    complexity: "O(N) in members asked for",
    summary: "The positions of members.",
    cost: "zmscore",
    run: forMembers(NULL_ARRAY, shownPoint),
  },
  {
    ...reads,
    name: "geohash",
    arity: -2,
    complexity: "O(N) in members asked for",
    summary: "The positions of members as geohashes of eleven letters.",
    cost: "zmscore",
    run: forMembers(null, geohashText),
  },
  {
    ...reads,
    name: "geodist",
    arity: -4,
    complexity: "O(1)",
    summary: "The distance between two members.",
    cost: "zmscore",
    run: geodist,
  },
];
