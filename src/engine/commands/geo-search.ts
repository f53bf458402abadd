// Searches around a position: GEOSEARCH and GEOSEARCHSTORE, and the GEORADIUS family that they replaced.

import { isError } from "../arguments.ts";
import type { Bytes } from "../bytes.ts";
import { type CommandSpec, DENYOOM, ONE_KEY, READONLY, WRITE } from "../command.ts";
import { type Context, keyAt } from "../context.ts";
import { cellScores, coveringCells, distanceWithin, type Point, pointOf, type Shape } from "../geohash.ts";
import type { Reply } from "../reply.ts";
import { SortedSet } from "../values/sorted-set.ts";
import { lookingUp } from "./collection.ts";
import { shownDistance, shownPoint } from "./geo.ts";
import { GeoQuery, type Variant } from "./geo-options.ts";
import { storeResult, zsetUnder } from "./zset-common.ts";

interface Match {
  readonly member: string;
  readonly score: number;
  readonly point: Point;
  /** In metres. */
  readonly distance: number;
}

/** The members within a shape, cell by cell; no more than `limit` when it is not 0. */
function findWithin(ctx: Context, zset: SortedSet, shape: Shape, limit: number): Match[] {
  const matches: Match[] = [];
  const isFull = () => limit !== 0 && matches.length >= limit;
  for (const cell of coveringCells(shape)) {
    if (isFull()) break;
    const { min, max } = cellScores(cell);
    const { from, to } = zset.scoreInterval({ min, max, minExclusive: false, maxExclusive: true });
    zset.walk(from, to - from, false, (member, score) => {
      ctx.effort.elements++;
      const point = pointOf(score);
      const distance = distanceWithin(shape, point);
      if (distance >= 0) matches.push({ member, score, point, distance });
      return !isFull();
    });
  }
  return matches;
}

function show(query: GeoQuery, { member, score, point, distance }: Match): Reply {
  const { withDistance, withHash, withPoint, metres } = query;
  if (!withDistance && !withHash && !withPoint) return member;
  const reply: Reply[] = [member];
  if (withDistance) reply.push(shownDistance(distance / metres));
  if (withHash) reply.push(Math.trunc(score));
  if (withPoint) reply.push(shownPoint(point));
  return reply;
}

function search(ctx: Context, argv: readonly Bytes[], variant: Variant): Reply {
  const entry = ctx.read(keyAt(argv, variant.kind === "searchstore" ? 2 : 1));
  const zset = zsetUnder(ctx, entry);
  if (isError(zset)) return zset;
  const query = new GeoQuery(variant, argv, zset);
  const error = zset === null ? query.read() : lookingUp(ctx, entry, zset, () => query.read());
  if (error !== null) return error;
  const { storeKey, count, any, metres } = query;
  let matches: Match[] = [];
  if (zset !== null) {
    matches = findWithin(ctx, zset, query.shape, any ? count : 0);
    // The nearest ones are meant unless it says otherwise.
    const order = query.order === "none" && count > 0 && !any ? "asc" : query.order;
    if (order === "asc") matches.sort((a, b) => a.distance - b.distance);
    else if (order === "desc") matches.sort((a, b) => b.distance - a.distance);
    if (count > 0) matches = matches.slice(0, count);
  }
  if (storeKey === null) return matches.map(match => show(query, match));
  const pairs = matches.map(
    ({ member, score, distance }) => [member, query.storeDistance ? distance / metres : score] as const,
  );
  const event = variant.kind === "searchstore" ? "geosearchstore" : "georadiusstore";
  const stored = storeResult(ctx, storeKey, SortedSet.of(ctx.engine, pairs), event);
  if (stored > 0) ctx.dirty += stored - 1;
  return stored;
}

function command(kind: Variant["kind"], mayStore: boolean): CommandSpec["run"] {
  return (ctx, argv) => search(ctx, argv, { kind, mayStore });
}

const shape = {
  group: "geo",
  complexity: "O(N + log M), N members in the cells around the shape, M in the set",
  cost: "geosearch",
} as const;

export const GEO_SEARCH_COMMANDS: readonly CommandSpec[] = [
  {
    ...shape,
    name: "geosearch",
    arity: -7,
    flags: READONLY,
    keys: ONE_KEY,
    since: "6.2.0",
    summary: "The members within a circle or a box.",
    run: command("search", false),
  },
  {
    ...shape,
    name: "geosearchstore",
    arity: -8,
    flags: WRITE | DENYOOM,
    keys: { first: 1, last: 2, step: 1 },
    since: "6.2.0",
    summary: "Stores the members within a circle or a box.",
    run: command("searchstore", false),
  },
  {
    ...shape,
    name: "georadius",
    arity: -6,
    flags: WRITE | DENYOOM,
    since: "3.2.0",
    summary: "The members within a circle around a position; may store them.",
    run: command("radius", true),
  },
  {
    ...shape,
    name: "georadius_ro",
    arity: -6,
    flags: READONLY,
    keys: ONE_KEY,
    since: "3.2.10",
    summary: "The members within a circle around a position.",
    run: command("radius", false),
  },
  {
    ...shape,
    name: "georadiusbymember",
    arity: -5,
    flags: WRITE | DENYOOM,
    since: "3.2.0",
    summary: "The members within a circle around one of them; may store them.",
    run: command("radiusbymember", true),
  },
  {
    ...shape,
    name: "georadiusbymember_ro",
    arity: -5,
    flags: READONLY,
    keys: ONE_KEY,
    since: "3.2.10",
    summary: "The members within a circle around one of them.",
    run: command("radiusbymember", false),
  },
];
