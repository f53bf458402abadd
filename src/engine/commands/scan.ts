// Walking the keyspace: KEYS all at once, SCAN in steps that survive growth and shrinking of the table.

import { integerAt, isError, SYNTAX, wordAt } from "../arguments.ts";
import { type Bytes, textOf } from "../bytes.ts";
import { type CommandSpec, READONLY } from "../command.ts";
import { type Context, textAt } from "../context.ts";
import { INVALID_CURSOR } from "../errors.ts";
import { isExpired } from "../expiry.ts";
import { globMatch } from "../glob.ts";
import { TYPE_NAMES } from "../keyspace.ts";
import { ErrorReply, type Reply } from "../reply.ts";

function keys(ctx: Context, argv: readonly Bytes[]): Reply {
  const pattern = textAt(argv, 1);
  const all = pattern === "*";
  const { db } = ctx;
  const found: string[] = [];
  db.forEachEntry(entry => {
    const key = db.keyOf(entry);
    if ((all || globMatch(pattern, key)) && !isExpired(db, entry, ctx.nowMs)) found.push(key);
  });
  ctx.effort.elements += db.size;
  ctx.effort.skipped += db.size - found.length;
  return found;
}

/** Who scans: some options belong to one of them only. */
export type ScanFamily = "scan" | "hscan" | "sscan" | "zscan";

export interface ScanOptions {
  count: number;
  /** Null: everything matches. */
  pattern: string | null;
  /** Index into TYPE_NAMES, NO_TYPE, or -1 for every type. */
  type: number;
  /** Fields without values, members without scores. */
  membersOnly: boolean;
}

/** The type that no key has: what an unknown name selects before 8.0. */
const NO_TYPE = TYPE_NAMES.length;

/** Options without a value and the one command that takes them; all of them came with 8.0. */
const BARE_OPTIONS: Readonly<Record<string, ScanFamily>> = { NOVALUES: "hscan", NOSCORES: "zscan" };

/** The options of the SCAN family from position `from` on. `strict` as in EngineProfile.strictScan. */
export function parseScanOptions(
  argv: readonly Bytes[],
  from: number,
  family: ScanFamily,
  strict: boolean,
): ScanOptions | ErrorReply {
  const options: ScanOptions = { count: 10, pattern: null, type: -1, membersOnly: false };
  for (let i = from; i < argv.length; i++) {
    const word = wordAt(argv, i);
    const hasValue = i + 1 < argv.length;
    const owner = strict ? BARE_OPTIONS[word] : undefined;
    if (owner !== undefined) {
      if (owner !== family) return new ErrorReply(`ERR ${word} option can only be used in ${owner.toUpperCase()}`);
      options.membersOnly = true;
    } else if (word === "COUNT" && hasValue) {
      const count = integerAt(argv, ++i);
      if (isError(count)) return count;
      if (count < 1) return SYNTAX;
      options.count = count;
    } else if (word === "MATCH" && hasValue) {
      const pattern = textOf(argv[++i]);
      options.pattern = pattern === "*" ? null : pattern;
    } else if (word === "TYPE" && hasValue && family === "scan") {
      const name = textOf(argv[++i]);
      options.type = TYPE_NAMES.indexOf(name.toLowerCase() as (typeof TYPE_NAMES)[number]);
      if (options.type === -1) {
        if (strict) return new ErrorReply(`ERR unknown type name '${name}'`);
        options.type = NO_TYPE;
      }
    } else {
      return SYNTAX;
    }
  }
  return options;
}

const CURSOR_MAX = 18_446_744_073_709_551_615n;

/**
 * A cursor argument; null when it is none. Before 8.0 (`strict` false) it is read as strtoul does: a sign is allowed,
 * and nothing at all means 0. Only the low 32 bits are kept: no table has more buckets.
 */
export function parseCursor(text: string, strict: boolean): number | null {
  const match = (strict ? /^()(\d+)$/u : /^([+-]?)(\d+)$|^$/u).exec(text);
  if (match === null) return null;
  const magnitude = BigInt(match[2] ?? 0);
  if (magnitude > CURSOR_MAX) return null;
  return Number(BigInt.asUintN(32, match[1] === "-" ? -magnitude : magnitude));
}

function scan(ctx: Context, argv: readonly Bytes[]): Reply {
  const { db, engine } = ctx;
  const { strictScan } = engine.profile;
  const start = parseCursor(textAt(argv, 1), strictScan);
  if (start === null) return INVALID_CURSOR;
  const options = parseScanOptions(argv, 2, "scan", strictScan);
  if (isError(options)) return options;
  const found: string[] = [];
  const dead: number[] = [];
  let sampled = 0;
  const visit = (entry: number) => {
    sampled++;
    const key = db.keyOf(entry);
    if (options.pattern !== null && !globMatch(options.pattern, key)) return;
    const expired = isExpired(db, entry, ctx.nowMs);
    if (options.type !== -1) {
      // Before 8.0 the type is asked for by a look-up, which counts and which an expired key does not survive.
      if (!strictScan && expired) engine.stats.keyspaceMisses++;
      else if (!strictScan) engine.stats.keyspaceHits++;
      if (db.typeOf(entry) !== options.type && (strictScan || !expired)) return;
    }
    if (expired) dead.push(entry);
    else found.push(key);
  };
  let cursor = start;
  let rounds = options.count * 10;
  do {
    cursor = db.main.scan(cursor, visit);
  } while (cursor !== 0 && rounds-- > 0 && sampled < options.count);
  if (engine.role === "primary") for (const entry of dead) engine.expireKey(db, entry);
  ctx.effort.elements += sampled;
  return [String(cursor), found];
}

export const SCAN_COMMANDS: readonly CommandSpec[] = [
  {
    name: "keys",
    arity: 2,
    flags: READONLY,
    group: "generic",
    since: "1.0.0",
    complexity: "O(N), N keys in the database",
    summary: "All keys that match a pattern; blocks for the whole walk.",
    run: keys,
  },
  {
    name: "scan",
    arity: -2,
    flags: READONLY,
    group: "generic",
    since: "2.8.0",
    complexity: "O(1) per call, O(N) for a full iteration",
    summary: "Walks the keys in steps.",
    run: scan,
  },
];
