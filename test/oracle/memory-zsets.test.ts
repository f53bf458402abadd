// Bytes per sorted set against real servers: used_memory and MEMORY USAGE by version, number and length of members
// (shared/truth/memory.json). Levels of skip lists are drawn on both sides, so the estimate of MEMORY USAGE from five
// members scatters; the memory itself hardly does.

import { describe, expect, it } from "vitest";
import { testEngine } from "../engine/harness.ts";
import { wire } from "../engine/wire.ts";
import { keyAt } from "./string-rows.ts";
import { type MemoryRow, memoryRows, noTruth } from "./truth.ts";

type ZsetRow = MemoryRow & { readonly elements: number; readonly encoding: string };

const PROFILES: Readonly<Record<string, string>> = {
  "valkey-8.0.1": "valkey-8.0",
  "valkey-7.2.7": "valkey-7.2",
  "redis-7.0.15": "redis-7.0",
};

/** Members per call: more of them came in several, so that tables grew. */
const BATCH = 500;

/** The calls that made key number i of a row. */
function callsOf(row: ZsetRow, i: number): string[][] {
  const calls: string[][] = [];
  for (let from = 0; from < row.elements; from += BATCH) {
    calls.push(callOf(row, i, from, Math.min(row.elements, from + BATCH)));
  }
  return calls;
}

function callOf({ type, value, keylen }: ZsetRow, i: number, from: number, to: number): string[] {
  const key = keyAt(i, keylen);
  const members = Array.from({ length: to - from }, (_, j) => from + j);
  const name = (j: number) => `m${String(j).padStart(value - 1, "0")}`;
  if (type === "geo") {
    return ["GEOADD", key, ...members.flatMap(j => [String(-60 + j * 0.01), String(10 + j * 0.01), name(j)])];
  }
  const half = type === "zset-float" ? 0.5 : 0;
  const named = members.flatMap(j => [String(j + half), name(j)]);
  return ["ZADD", key, ...named];
}

function load(row: ZsetRow): { perKey: number; usage: number; encoding: string } {
  const [server] = row.server.split(/-debian$/u);
  const engine = testEngine({
    profile: PROFILES[server],
    quantum: row.server.endsWith("-debian") ? 16 : 8,
    parameters: { "latency-tracking": "no" },
  });
  const session = engine.session(1);
  const before = engine.usedMemory;
  // An eighth of the keys has an eighth of the table, and so the same share of it.
  const keys = row.n === 100_000 ? row.n / 8 : row.n;
  for (let i = 0; i < keys; i++) for (const call of callsOf(row, i)) engine.execute(session, call);
  for (let tick = 1; tick <= 100; tick++) engine.cron(engine.nowMs + 100);
  const perKey = (engine.usedMemory - before) / keys;
  const ask = (...argv: string[]) => String(wire(engine.execute(session, argv))).slice(1);
  // The figures are means over the first keys.
  const usages = Array.from({ length: Math.min(20, keys) }, (_, i) =>
    Number(ask("memory", "usage", keyAt(i, row.keylen))),
  );
  const usage = usages.reduce((sum, one) => sum + one, 0) / usages.length;
  return { perKey, usage, encoding: ask("object", "encoding", keyAt(1, row.keylen)) };
}

describe("used_memory and MEMORY USAGE of sorted sets", () => {
  it.skipIf(noTruth !== null)("lie within 1 % of all measured rows", { timeout: 300_000 }, () => {
    const rows = memoryRows().filter(({ type }) => ["zset", "zset-float", "geo"].includes(type)) as ZsetRow[];
    expect(rows.length).toBeGreaterThanOrEqual(50);
    let worst = { error: -1, text: "" };
    for (const row of rows) {
      const { perKey, usage, encoding } = load(row);
      const text = `${row.server} ${row.type} of ${row.elements} x ${row.value}: ours ${perKey.toFixed(1)}, measured ${row.per_key}`;
      const error = Math.abs(perKey / row.per_key - 1);
      expect(encoding, text).toBe(row.encoding);
      expect(error, text).toBeLessThan(0.01);
      const scatter = encoding === "listpack" ? 0.001 : 0.08;
      expect(Math.abs(usage / row.memory_usage - 1), `${text}; MEMORY USAGE ${usage}`).toBeLessThan(scatter);
      if (error > worst.error) worst = { error, text };
    }
    console.log(`worst of ${rows.length} rows (${(worst.error * 100).toFixed(3)} %): ${worst.text}`);
  });
});
