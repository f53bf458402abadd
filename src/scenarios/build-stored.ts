// What keys hold before the run: one kind each, of a size that a node can have and a simulation can make.

import { bytesFromUtf8 } from "../engine/bytes.ts";
import type { DataKey } from "../models/config.ts";
import { formatCount } from "../units.ts";
import type { Stored } from "../workload/stored.ts";
import type { Report } from "./build-report.ts";
import type { StoredInput } from "./schema/stored.ts";
import type { Scenario } from "./schema.ts";
import type { Path } from "./yaml-file.ts";

/** Elements are made one by one, on every node that has the key. */
const MAX_ELEMENTS = 5_000_000;
const MAX_BITS = 512 * 1_048_576 * 8;

export function buildStored(input: StoredInput, path: Path, report: Report): Stored | null {
  const named = Object.entries(input).filter(([, options]) => options !== undefined);
  if (named.length !== 1) {
    const names = named.map(([name]) => name).join(" and ");
    report(
      path,
      named.length === 0
        ? "says of no type what it is: string, hash, list, set, zset, stream, bitmap or hyperloglog"
        : `is ${names}: a key holds one value`,
    );
    return null;
  }
  const stored = storedOf(input)!;
  const [[name, options]] = named;
  const most = stored.kind === "bitmap" ? MAX_BITS : MAX_ELEMENTS;
  for (const field of ["fields", "elements", "members", "entries", "bits"]) {
    const number = (options as Record<string, unknown>)[field];
    if (typeof number !== "number") continue;
    const least = field === "entries" ? 0 : 1;
    if (number < least || number > most) {
      report([...path, name, field], `must lie between ${least} and ${formatCount(most)}, got ${formatCount(number)}`);
    }
  }
  return stored;
}

function storedOf(input: StoredInput): Stored | null {
  const { string, hash, list, set, zset, stream, bitmap, hyperloglog } = input;
  if (string !== undefined) return { kind: "string", bytes: string.size };
  if (hash !== undefined) {
    return { kind: "hash", count: hash.fields, bytes: hash.values, prefix: bytesFromUtf8(hash.prefix) };
  }
  if (list !== undefined) return { kind: "list", count: list.elements, bytes: list.values };
  if (set !== undefined) return { kind: "set", count: set.members, prefix: bytesFromUtf8(set.prefix) };
  if (zset !== undefined) return { kind: "zset", count: zset.members, prefix: bytesFromUtf8(zset.prefix) };
  if (stream !== undefined) {
    return { kind: "stream", count: stream.entries, bytes: stream.values, groups: stream.groups.map(bytesFromUtf8) };
  }
  if (bitmap !== undefined) return { kind: "bitmap", bits: bitmap.bits, share: bitmap.set };
  return hyperloglog === undefined ? null : { kind: "hyperloglog", count: hyperloglog.elements };
}

/** `data:` of a scenario. */
export function buildData({ data }: Scenario, report: Report): DataKey[] {
  const seen = new Set<string>();
  return data.flatMap(({ key, ...input }, i): DataKey[] => {
    if (seen.has(key)) report(["data", i, "key"], `«${key}» is there twice`);
    seen.add(key);
    const stored = buildStored(input, ["data", i], report);
    return stored === null ? [] : [{ key: bytesFromUtf8(key), stored }];
  });
}
