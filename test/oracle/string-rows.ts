// Fills an engine with the keys of one measured row of string memory, as the server got them.

import { testEngine } from "../engine/harness.ts";
import { wire } from "../engine/wire.ts";
import type { MemoryRow } from "./truth.ts";

export type StringRow = Omit<MemoryRow, "type" | "cmd"> & { readonly type?: string };

const PROFILES: Readonly<Record<string, string>> = {
  "valkey-8.0.1": "valkey-8.0",
  "valkey-7.2.7": "valkey-7.2",
  "redis-7.0.15": "redis-7.0",
};

export function keyAt(i: number, length: number): string {
  return `k${String(i).padStart(length - 1, "0")}`;
}

/** The calls that made key number i of a row. */
function callsOf(row: StringRow, i: number): string[][] {
  const key = keyAt(i, row.keylen);
  if (row.type === "string-append") return [0, 1].map(() => ["append", key, "x".repeat(row.value / 2)]);
  if (row.type === "string-int") return [["set", key, String(row.value === 4 ? 1_000 + (i % 9_000) : 100_000_000 + i)]];
  return [row.ttl ? ["set", key, "x".repeat(row.value), "EX", "86400"] : ["set", key, "x".repeat(row.value)]];
}

/** Loads a row's keys as the server got them; what they take by both measures. */
export function load(row: StringRow): { perKey: number; usage: number } {
  const [server] = row.server.split(/-(?:cluster|debian)$/u);
  const engine = testEngine({
    profile: PROFILES[server],
    quantum: row.server.endsWith("-debian") ? 16 : 8,
    parameters: { "latency-tracking": "no", "cluster-enabled": row.server.endsWith("-cluster") ? "yes" : "no" },
  });
  const session = engine.session(1);
  const before = engine.usedMemory;
  for (let i = 0; i < row.n; i++) for (const call of callsOf(row, i)) engine.execute(session, call);
  for (let tick = 1; tick <= 100; tick++) engine.cron(engine.nowMs + 100);
  const usage = Number(String(wire(engine.execute(session, ["memory", "usage", keyAt(1, row.keylen)]))).slice(1));
  return { perKey: (engine.usedMemory - before) / row.n, usage };
}

export function describeRow({ server, type, value, keylen, ttl, n }: StringRow): string {
  return `${server} ${type ?? "string"} of ${value} under ${keylen}${ttl ? " with TTL" : ""}, ${n} keys`;
}
