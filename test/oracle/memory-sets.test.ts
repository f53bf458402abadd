// Bytes per key of sets and hashes against real servers: used_memory and MEMORY USAGE, measured in
// shared/truth/memory.json. Where a table's rehash stood depends on the server's hash seed, the same for all its keys: a
// row of sets with an unfinished one is a single draw, up to 3.3 % off.

import { describe, expect, it } from "vitest";
import { testEngine } from "../engine/harness.ts";
import { wire } from "../engine/wire.ts";
import { keyAt } from "./string-rows.ts";
import { type MemoryRow, memoryRows, noTruth } from "./truth.ts";

interface Row extends MemoryRow {
  readonly elements: number;
  readonly encoding: string;
  readonly memory_usage_samples0: number;
}

const PROFILES: Readonly<Record<string, string>> = {
  "valkey-8.0.1": "valkey-8.0",
  "valkey-7.2.7": "valkey-7.2",
  "redis-7.0.15": "redis-7.0",
};

/** Elements per command, as they were sent. */
const PER_CALL = 500;
/** Enough keys for the mean of what depends on hashes; the main table's share is added for all of them. */
const KEYS = 200;

function callsOf({ type, elements, value }: Row, key: string): string[][] {
  const calls: string[][] = [];
  for (let from = 0; from < elements; from += PER_CALL) {
    const call = [type === "hash" ? "hset" : "sadd", key];
    for (let j = from; j < Math.min(elements, from + PER_CALL); j++) {
      if (type === "set-int") call.push(String(j * 7));
      else if (type === "set") call.push(`m${String(j).padStart(value - 1, "0")}`);
      else call.push(`field:${String(j).padStart(6, "0")}`, "v".repeat(value));
    }
    calls.push(call);
  }
  return calls;
}

function load(row: Row): { perKey: number; usage: number; encoding: string } {
  const [server] = row.server.split(/-debian$/u);
  const engine = testEngine({ profile: PROFILES[server], quantum: row.server.endsWith("-debian") ? 16 : 8 });
  const session = engine.session(1);
  const keys = Math.max(3, Math.min(row.n, KEYS, Math.ceil(100_000 / row.elements)));
  for (let i = 0; i < keys; i++) {
    for (const call of callsOf(row, keyAt(i, row.keylen))) engine.execute(session, call);
  }
  const ask = (...call: string[]) => String(wire(engine.execute(session, call))).slice(1);
  const table = (8 * 2 ** Math.ceil(Math.log2(row.n))) / row.n;
  return {
    perKey: engine.dataBytes / keys + table,
    usage: Number(ask("memory", "usage", keyAt(1, row.keylen), "samples", "0")),
    encoding: ask("object", "encoding", keyAt(1, row.keylen)),
  };
}

if (noTruth !== null) console.log(`bytes of sets and hashes are not compared: ${noTruth}`);

describe.skipIf(noTruth !== null)("used_memory and MEMORY USAGE of sets and hashes", () => {
  it.each([
    ["hash", 0.015],
    ["set", 0.035],
    ["set-int", 0.02],
  ])(
    "%s: encodings are the measured ones, bytes lie within a share of %d",
    (type, limit) => {
      const rows = memoryRows().filter(row => row.type === type) as Row[];
      expect(rows.length).toBeGreaterThan(20);
      const worst = { memory: [0, ""], usage: [0, ""] };
      for (const row of rows) {
        const { perKey, usage, encoding } = load(row);
        const name = `${row.server} ${type} of ${row.elements} x ${row.value}, ${row.encoding}`;
        expect(encoding, name).toBe(row.encoding);
        const note = (what: "memory" | "usage", ours: number, measured: number) => {
          const error = Math.abs(ours / measured - 1);
          if (error > Number(worst[what][0]))
            worst[what] = [error, `${name}: ours ${ours.toFixed(1)}, measured ${measured}`];
        };
        note("memory", perKey, row.per_key);
        note("usage", usage, row.memory_usage_samples0);
      }
      console.log(`${rows.length} rows of type ${type}; worst ${JSON.stringify(worst)}`);
      expect(worst.memory[0], String(worst.memory[1])).toBeLessThan(limit);
      expect(worst.usage[0], String(worst.usage[1])).toBeLessThan(limit);
    },
    120_000,
  );
});
