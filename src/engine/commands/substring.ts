// Parts of strings: APPEND, SETRANGE, GETRANGE, and LCS.

import { integerAt, isError, SYNTAX, wordAt } from "../arguments.ts";
import { type Bytes, textOf } from "../bytes.ts";
import { type CommandSpec, DENYOOM, FAST, ONE_KEY, READONLY, WRITE } from "../command.ts";
import { type Context, keyAt, textAt } from "../context.ts";
import { NONE } from "../dict.ts";
import { NOT_INTEGER, OFFSET_OUT_OF_RANGE, STRING_TOO_LONG, WRONG_TYPE } from "../errors.ts";
import { STRING } from "../keyspace.ts";
import { parseInteger } from "../numbers.ts";
import { ErrorReply, MapReply, type Reply } from "../reply.ts";
import { encodeString, RawString, rawString, type StringValue, stringLength, stringText } from "../values/string.ts";

function append(ctx: Context, argv: readonly Bytes[]): Reply {
  const key = keyAt(argv, 1);
  const entry = ctx.write(key);
  let length: number;
  if (entry === NONE) {
    ctx.add(key, STRING, encodeString(argv[2]));
    length = argv[2].length;
  } else {
    if (ctx.db.typeOf(entry) !== STRING) return WRONG_TYPE;
    const value = ctx.db.valueOf(entry) as StringValue;
    const before = stringLength(value);
    length = before + argv[2].length;
    if (length > ctx.engine.settings.protoMaxBulkLength) return STRING_TOO_LONG;
    const raw = rawString(value, ctx.engine.sizeClass, ctx.engine.profile.trimsValues);
    raw.growTo(length);
    raw.write(before, textOf(argv[2]));
    ctx.db.replace(entry, STRING, raw);
  }
  ctx.modified(key, "$", "append");
  return length;
}

function setrange(ctx: Context, argv: readonly Bytes[]): Reply {
  const offset = integerAt(argv, 2);
  if (isError(offset)) return offset;
  if (offset < 0) return OFFSET_OUT_OF_RANGE;
  const text = textOf(argv[3]);
  const key = keyAt(argv, 1);
  const entry = ctx.write(key);
  if (entry !== NONE && ctx.db.typeOf(entry) !== STRING) return WRONG_TYPE;
  const value = entry === NONE ? null : (ctx.db.valueOf(entry) as StringValue);
  const before = value === null ? 0 : stringLength(value);
  if (text.length === 0) return before;
  const end = offset + text.length;
  if (end > ctx.engine.settings.protoMaxBulkLength) return STRING_TOO_LONG;
  // A new string gets exactly the room it needs; an existing one grows as APPEND does.
  const { sizeClass, profile } = ctx.engine;
  const raw = value === null ? RawString.zeros(end, sizeClass) : rawString(value, sizeClass, profile.trimsValues);
  raw.growTo(end);
  raw.write(offset, text);
  ctx.put(key, entry, STRING, raw);
  ctx.modified(key, "$", "setrange");
  return raw.length;
}

function getrange(ctx: Context, argv: readonly Bytes[]): Reply {
  const first = parseInteger(textAt(argv, 2));
  const last = parseInteger(textAt(argv, 3));
  if (first === null || last === null) return NOT_INTEGER;
  const entry = ctx.read(keyAt(argv, 1));
  if (entry === NONE) return "";
  if (ctx.db.typeOf(entry) !== STRING) return WRONG_TYPE;
  const value = ctx.db.valueOf(entry) as StringValue;
  const length = stringLength(value);
  // Compared exactly, before anything beyond 2^53 is rounded.
  if (first < 0 && last < 0 && first > last) return "";
  const start = first < 0 ? Math.max(0, length + Number(first)) : Number(first);
  const end = Math.min(last < 0 ? Math.max(0, length + Number(last)) : Number(last), length - 1);
  if (start > end || length === 0) return "";
  ctx.effort.elements += end - start + 1;
  return stringText(value).slice(start, end + 1);
}

const LCS_STRINGS_ONLY = new ErrorReply("ERR The specified keys must contain string values");
const LCS_AMBIGUOUS = new ErrorReply("ERR If you want both the length and indexes, please just use IDX.");
const LCS_MEMORY = new ErrorReply("ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len");

interface LcsOptions {
  length: boolean;
  indexes: boolean;
  withMatchLength: boolean;
  minMatchLength: number;
}

function parseLcs(argv: readonly Bytes[]): LcsOptions | ErrorReply {
  const options: LcsOptions = { length: false, indexes: false, withMatchLength: false, minMatchLength: 0 };
  for (let i = 3; i < argv.length; i++) {
    const word = wordAt(argv, i);
    if (word === "LEN") options.length = true;
    else if (word === "IDX") options.indexes = true;
    else if (word === "WITHMATCHLEN") options.withMatchLength = true;
    else if (word === "MINMATCHLEN" && i + 1 < argv.length) {
      const minimum = integerAt(argv, ++i);
      if (isError(minimum)) return minimum;
      options.minMatchLength = Math.max(0, minimum);
    } else return SYNTAX;
  }
  return options.length && options.indexes ? LCS_AMBIGUOUS : options;
}

/** Longest common subsequence by the full table; matches are reported from the end, as the server walks it. */
function lcs(ctx: Context, argv: readonly Bytes[]): Reply {
  // Both keys are looked up, whatever the first one holds.
  const entries = [1, 2].map(position => ctx.read(keyAt(argv, position)));
  if (entries.some(entry => entry !== NONE && ctx.db.typeOf(entry) !== STRING)) return LCS_STRINGS_ONLY;
  const texts = entries.map(entry => (entry === NONE ? "" : stringText(ctx.db.valueOf(entry) as StringValue)));
  const options = parseLcs(argv);
  if (isError(options)) return options;
  const [a, b] = texts;
  const width = b.length + 1;
  const cells = (a.length + 1) * width;
  if (cells * 4 > ctx.engine.settings.protoMaxBulkLength) return LCS_MEMORY;
  ctx.effort.elements += cells;
  const table = new Uint32Array(cells);
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      table[i * width + j] =
        a.charCodeAt(i - 1) === b.charCodeAt(j - 1)
          ? table[(i - 1) * width + j - 1] + 1
          : Math.max(table[(i - 1) * width + j], table[i * width + j - 1]);
    }
  }
  const total = table[cells - 1];
  if (options.length) return total;

  const matches: Reply[] = [];
  let text = "";
  // The match being extended backwards: [start, end] in both strings; none while startA is -1.
  let startA = -1;
  let startB = -1;
  let endA = -1;
  let endB = -1;
  const emit = () => {
    const length = endA - startA + 1;
    if (startA !== -1 && length >= options.minMatchLength) {
      const ranges: Reply[] = [
        [startA, endA],
        [startB, endB],
      ];
      if (options.withMatchLength) ranges.push(length);
      matches.push(ranges);
    }
    startA = -1;
  };
  let i = a.length;
  let j = b.length;
  while (i > 0 && j > 0) {
    if (a.charCodeAt(i - 1) === b.charCodeAt(j - 1)) {
      text = a[i - 1] + text;
      if (startA !== -1 && startA === i && startB === j) {
        startA--;
        startB--;
      } else {
        emit();
        startA = endA = i - 1;
        startB = endB = j - 1;
      }
      if (startA === 0 || startB === 0) emit();
      i--;
      j--;
    } else {
      if (table[(i - 1) * width + j] > table[i * width + j - 1]) i--;
      else j--;
      emit();
    }
  }
  return options.indexes ? new MapReply(["matches", matches, "len", total]) : text;
}

export const SUBSTRING_COMMANDS: readonly CommandSpec[] = [
  {
    name: "append",
    arity: 3,
    flags: WRITE | DENYOOM | FAST,
    keys: ONE_KEY,
    group: "string",
    since: "2.0.0",
    complexity: "O(1) amortised",
    summary: "Adds bytes to the end of a string.",
    cost: "set",
    run: append,
  },
  {
    name: "setrange",
    arity: 4,
    flags: WRITE | DENYOOM,
    keys: ONE_KEY,
    group: "string",
    since: "2.2.0",
    complexity: "O(1) for short values",
    summary: "Overwrites part of a string, which grows with zeros if needed.",
    cost: "set",
    run: setrange,
  },
  {
    name: "getrange",
    arity: 4,
    flags: READONLY,
    keys: ONE_KEY,
    group: "string",
    since: "2.4.0",
    complexity: "O(N), N bytes answered",
    summary: "Part of a string by first and last position.",
    cost: "get",
    run: getrange,
  },
  {
    name: "substr",
    arity: 4,
    flags: READONLY,
    keys: ONE_KEY,
    group: "string",
    since: "1.0.0",
    complexity: "O(N), N bytes answered",
    summary: "The old name of GETRANGE.",
    cost: "get",
    run: getrange,
  },
  {
    name: "lcs",
    arity: -3,
    flags: READONLY,
    keys: { first: 1, last: 2, step: 1 },
    group: "string",
    since: "7.0.0",
    complexity: "O(N*M), N and M the lengths",
    summary: "Longest common subsequence of two strings.",
    run: (ctx, argv) => lcs(ctx, argv),
  },
];
