// HSCAN, SSCAN and ZSCAN: cursor, options and the walk. A compact encoding is answered whole, whatever COUNT says, with
// the cursor 0; a hash table goes in steps, as SCAN does over the keys.

import { isError } from "../arguments.ts";
import type { Bytes } from "../bytes.ts";
import { type Context, keyAt, textAt } from "../context.ts";
import { NONE } from "../dict.ts";
import { INVALID_CURSOR, WRONG_TYPE } from "../errors.ts";
import { globMatch } from "../glob.ts";
import type { ValueType } from "../keyspace.ts";
import type { Reply } from "../reply.ts";
import type { MemberTable } from "../values/member-table.ts";
import { parseCursor, parseScanOptions, type ScanFamily } from "./scan.ts";

/** What a collection shows to a scan. */
export interface Scannable<V> {
  /** Null in a compact encoding. */
  readonly table: MemberTable<V> | null;
  /** Every member in the encoding's own order; asked only when there is no table. */
  forEach(visit: (member: string, value: V) => void): void;
}

/**
 * The whole of `family` (argv: name, key, cursor, options). `view` makes a Scannable of the value under the key; `show`
 * says what stands behind a member in the reply, null where members come alone (sets).
 */
export function scanTable<V>(
  ctx: Context,
  argv: readonly Bytes[],
  family: ScanFamily,
  type: ValueType,
  view: (entry: number) => Scannable<V>,
  show: ((value: V) => Reply) | null,
): Reply {
  const { strictScan, scanCountsValues } = ctx.engine.profile;
  const start = parseCursor(textAt(argv, 2), strictScan);
  if (start === null) return INVALID_CURSOR;
  const entry = ctx.read(keyAt(argv, 1));
  if (entry === NONE) return ["0", []];
  if (ctx.db.typeOf(entry) !== type) return WRONG_TYPE;
  const options = parseScanOptions(argv, 3, family, strictScan);
  if (isError(options)) return options;

  const { pattern } = options;
  const showValue = options.membersOnly ? null : show;
  const found: Reply[] = [];
  let sampled = 0;
  const take = (member: string, value: V) => {
    sampled++;
    if (pattern !== null && !globMatch(pattern, member)) return;
    found.push(member);
    if (showValue !== null) found.push(showValue(value));
  };

  const collection = view(entry);
  const { table } = collection;
  let cursor = 0;
  if (table === null) {
    collection.forEach(take);
  } else {
    const each = show !== null && scanCountsValues ? 2 : 1;
    const visit = (at: number) => take(table.memberOf(at), table.valueOf(at));
    let rounds = options.count * 10;
    cursor = start;
    do {
      cursor = table.scan(cursor, visit);
    } while (cursor !== 0 && rounds-- > 0 && sampled * each < options.count);
  }
  ctx.effort.elements += sampled;
  return [String(cursor), found];
}
