// Sorted sets with sorted sets, or with plain sets whose members all count 1: ZUNION, ZINTER, ZDIFF, their STORE forms and
// ZINTERCARD.

import { integerAt, isError, SYNTAX, wordAt } from "../arguments.ts";
import type { Bytes } from "../bytes.ts";
import { type CommandSpec, DENYOOM, READONLY, WRITE } from "../command.ts";
import { type Context, keyAt } from "../context.ts";
import { NONE } from "../dict.ts";
import { WRONG_TYPE } from "../errors.ts";
import { SET, ZSET } from "../keyspace.ts";
import { ErrorReply, type Reply } from "../reply.ts";
import type { SetValue } from "../values/set.ts";
import { SortedSet } from "../values/sorted-set.ts";
import { lookingUp } from "./collection.ts";
import { addPair, scoreAt, storeResult } from "./zset-common.ts";

type Operation = "union" | "inter" | "diff";
type Aggregate = "SUM" | "MIN" | "MAX";

interface Source {
  readonly entry: number;
  readonly value: SortedSet | SetValue;
  weight: number;
}

interface Query {
  /** Null for keys that are not there. */
  readonly sources: readonly (Source | null)[];
  readonly aggregate: Aggregate;
  readonly withScores: boolean;
  /** For ZINTERCARD; 0: none. */
  readonly limit: number;
}

type Scores = Map<string, number>;

const NOT_WEIGHT = new ErrorReply("ERR weight value is not a float");
const NEGATIVE_LIMIT = new ErrorReply("ERR LIMIT can't be negative");

// -----------------------------------------------------------------------------------------------------------------
// Reading the call.

function readSources(ctx: Context, argv: readonly Bytes[], numkeysAt: number): (Source | null)[] | ErrorReply {
  const numkeys = integerAt(argv, numkeysAt);
  if (isError(numkeys)) return numkeys;
  if (numkeys < 1) return new ErrorReply(`ERR at least 1 input key is needed for '${ctx.command.fullName}' command`);
  if (numkeys > argv.length - numkeysAt - 1) return SYNTAX;
  const sources: (Source | null)[] = [];
  for (let i = 1; i <= numkeys; i++) {
    const entry = ctx.read(keyAt(argv, numkeysAt + i));
    if (entry === NONE) {
      sources.push(null);
      continue;
    }
    const type = ctx.db.typeOf(entry);
    if (type !== ZSET && type !== SET) return WRONG_TYPE;
    sources.push({ entry, value: ctx.db.valueOf(entry) as SortedSet | SetValue, weight: 1 });
  }
  return sources;
}

type Form = "reply" | "store" | "count";

function readQuery(
  ctx: Context,
  argv: readonly Bytes[],
  numkeysAt: number,
  operation: Operation,
  form: Form,
): Query | ErrorReply {
  const sources = readSources(ctx, argv, numkeysAt);
  if (isError(sources)) return sources;
  const weighs = operation !== "diff" && form !== "count";
  let aggregate: Aggregate = "SUM";
  let withScores = false;
  let limit = 0;
  for (let i = numkeysAt + sources.length + 1; i < argv.length; i++) {
    const word = wordAt(argv, i);
    const left = argv.length - i - 1;
    if (word === "WEIGHTS" && weighs && left >= sources.length) {
      for (const source of sources) {
        const weight = scoreAt(argv, ++i, NOT_WEIGHT);
        if (isError(weight)) return weight;
        if (source !== null) source.weight = weight;
      }
    } else if (word === "AGGREGATE" && weighs && left >= 1) {
      const name = wordAt(argv, ++i);
      if (name !== "SUM" && name !== "MIN" && name !== "MAX") return SYNTAX;
      aggregate = name;
    } else if (word === "WITHSCORES" && form === "reply") {
      withScores = true;
    } else if (word === "LIMIT" && form === "count" && left >= 1) {
      const given = integerAt(argv, ++i);
      if (isError(given) || given < 0) return NEGATIVE_LIMIT;
      limit = given;
    } else {
      return SYNTAX;
    }
  }
  return { sources, aggregate, withScores, limit };
}

// -----------------------------------------------------------------------------------------------------------------
// Computing.

/** Opposite infinities make 0. */
function combine(left: number, right: number, aggregate: Aggregate): number {
  if (aggregate === "MIN") return right < left ? right : left;
  if (aggregate === "MAX") return right > left ? right : left;
  const sum = left + right;
  return Number.isNaN(sum) ? 0 : sum;
}

/** A score times its weight; 0 times infinity is 0. */
function weighted(score: number, weight: number): number {
  const product = score * weight;
  return Number.isNaN(product) ? 0 : product;
}

/** Members with scores, sorted sets from the highest as the server walks them. */
function visitSource({ value }: Source, visit: (member: string, score: number) => unknown): void {
  if (value instanceof SortedSet) value.walk(value.size - 1, value.size, true, visit);
  else for (const member of value.members()) if (visit(member, 1) === false) return;
}

function scoreIn({ value }: Source, member: string): number | undefined {
  if (value instanceof SortedSet) return value.scoreOf(member);
  return value.has(member) ? 1 : undefined;
}

/** From the smallest: sums of floating-point numbers depend on the order. */
function bySize(sources: readonly Source[]): Source[] {
  return [...sources].sort((a, b) => a.value.elements - b.value.elements);
}

function union(ctx: Context, { sources, aggregate }: Query): Scores {
  const scores: Scores = new Map();
  for (const source of bySize(sources.filter(one => one !== null))) {
    ctx.effort.elements += source.value.elements;
    visitSource(source, (member, score) => {
      const own = weighted(score, source.weight);
      const before = scores.get(member);
      scores.set(member, before === undefined ? own : combine(before, own, aggregate));
    });
  }
  return scores;
}

function intersection(ctx: Context, { sources, aggregate, limit }: Query): Scores {
  const scores: Scores = new Map();
  const present = sources.filter(one => one !== null);
  if (present.length < sources.length) return scores;
  const [first, ...others] = bySize(present);
  visitSource(first, (member, score) => {
    let sum = weighted(score, first.weight);
    for (const other of others) {
      ctx.effort.elements++;
      const found = other.value === first.value ? score : scoreIn(other, member);
      if (found === undefined) return true;
      sum = combine(sum, found * other.weight, aggregate);
    }
    scores.set(member, sum);
    return scores.size !== limit;
  });
  ctx.effort.elements += first.value.elements;
  return scores;
}

function difference(ctx: Context, { sources }: Query): Scores {
  const scores: Scores = new Map();
  const [first, ...others] = sources;
  if (first === null) return scores;
  const present = others.filter(one => one !== null);
  if (present.some(({ value }) => value === first.value)) return scores;
  visitSource(first, (member, score) => {
    ctx.effort.elements += 1 + present.length;
    if (!present.some(other => scoreIn(other, member) !== undefined)) scores.set(member, score);
  });
  return scores;
}

const COMPUTE = { union, inter: intersection, diff: difference };

/** Runs an operation; its look-ups move unfinished rehashes of the sources on. */
function compute(ctx: Context, operation: Operation, query: Query): Scores {
  const run = query.sources.reduce<() => Scores>(
    (inner, one) => (one === null ? inner : () => lookingUp(ctx, one.entry, one.value, inner)),
    () => COMPUTE[operation](ctx, query),
  );
  return run();
}

function inOrder(scores: Scores): [member: string, score: number][] {
  return [...scores].sort(([a, left], [b, right]) => compare(left, right) || compare(a, b));
}

function compare<T extends number | string>(left: T, right: T): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

// -----------------------------------------------------------------------------------------------------------------
// Commands.

function answer(operation: Operation) {
  return (ctx: Context, argv: readonly Bytes[]): Reply => {
    const query = readQuery(ctx, argv, 1, operation, "reply");
    if (isError(query)) return query;
    const reply: Reply[] = [];
    for (const [member, score] of inOrder(compute(ctx, operation, query))) {
      if (query.withScores) addPair(ctx, reply, member, score);
      else reply.push(member);
    }
    return reply;
  };
}

function store(operation: Operation) {
  return (ctx: Context, argv: readonly Bytes[]): Reply => {
    const query = readQuery(ctx, argv, 2, operation, "store");
    if (isError(query)) return query;
    const scores = compute(ctx, operation, query);
    // A union is made in a table for the largest of its sources.
    const largest = query.sources.reduce((most, one) => Math.max(most, one?.value.elements ?? 0), 0);
    const result = SortedSet.of(ctx.engine, [...scores], operation === "union" ? largest : 0);
    return storeResult(ctx, keyAt(argv, 1), result, `z${operation}store`);
  };
}

function intersectionSize(ctx: Context, argv: readonly Bytes[]): Reply {
  const query = readQuery(ctx, argv, 1, "inter", "count");
  return isError(query) ? query : compute(ctx, "inter", query).size;
}

const answers = { arity: -3, flags: READONLY, group: "sorted-set", since: "6.2.0", cost: "zunion" } as const;
const stores = { arity: -4, flags: WRITE | DENYOOM, group: "sorted-set", cost: "zunion" } as const;
const UNION = "O(N + M log M), N members in all, M in the result";
const INTER = "O(N K + M log M), N members in the smallest of K, M in the result";
const DIFF = "O(N K + M log M), N members in the first of K, M in the result";

export const ZSET_ALGEBRA_COMMANDS: readonly CommandSpec[] = [
  {
    ...answers,
    name: "zunion",
    complexity: UNION,
    summary: "The union of sorted sets, with weights and sums, minima or maxima of the scores.",
    run: answer("union"),
  },
  {
    ...answers,
    name: "zinter",
    complexity: INTER,
    summary: "The intersection of sorted sets.",
    run: answer("inter"),
  },
  {
    ...answers,
    name: "zdiff",
    complexity: DIFF,
    summary: "What the first sorted set has and no other.",
    run: answer("diff"),
  },
  {
    ...answers,
    name: "zintercard",
    since: "7.0.0",
    complexity: INTER,
    summary: "How many members an intersection has, counted up to a limit.",
    run: intersectionSize,
  },
  {
    ...stores,
    name: "zunionstore",
    since: "2.0.0",
    complexity: UNION,
    summary: "Stores a union of sorted sets.",
    run: store("union"),
  },
  {
    ...stores,
    name: "zinterstore",
    since: "2.0.0",
    complexity: INTER,
    summary: "Stores an intersection of sorted sets.",
    run: store("inter"),
  },
  {
    ...stores,
    name: "zdiffstore",
    since: "6.2.0",
    complexity: DIFF,
    summary: "Stores what the first sorted set has and no other.",
    run: store("diff"),
  },
];
