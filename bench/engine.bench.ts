// The engine alone, without kernel, network or clients: GET and SET per CPU second at a million keys, with keys and
// values as the workload generators hand them over, and the JavaScript heap that a simulated key takes.

import { VirtualBytes } from "../src/engine/bytes.ts";
import { Engine } from "../src/engine/engine.ts";
import { hashKey } from "../src/engine/keyspace.ts";
import { engineProfile } from "../src/engine/profile.ts";
import { zipf } from "../src/sim/distributions/zipf.ts";
import { randomFrom } from "../src/sim/random.ts";
import { cpuSeconds } from "./cpu.ts";

const KEYS = 1_000_000;
const CALLS = 4_000_000;

function heapBytes(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const random = randomFrom("engine-bench");
const before = heapBytes();
const engine = new Engine({ profile: engineProfile("valkey-8.0")!, random: randomFrom("engine") });
const session = engine.session(1);
// Flat strings, as the workload's key tables and the protocol reader make them, and their hashes.
const keys = Array.from({ length: KEYS }, (_, i) =>
  Buffer.from(`product:${String(i).padStart(8, "0")}`).toString("latin1"),
);
const hashes = Int32Array.from(keys, hashKey);
const value = new VirtualBytes(100, 1);
const texts = heapBytes() - before;
const loading = cpuSeconds(() => {
  for (let i = 0; i < KEYS; i++) engine.execute(session, ["set", keys[i], value], -1, hashes[i]);
});
engine.cron(100);
console.log(`load      ${(KEYS / loading / 1e6).toFixed(2)} M SET/CPU-s into an empty engine`);
console.log(
  `heap      ${((heapBytes() - before) / KEYS).toFixed(0)} bytes of JavaScript heap per key of 16 bytes ` +
    `(of which its text ${(texts / KEYS).toFixed(0)}); used_memory says ${(engine.usedMemory / KEYS).toFixed(1)}`,
);

// The calls are drawn beforehand: drawing them is the workload's time, not the engine's. Uniform keys are the worst case, nearly
// every call misses the processor's caches several times; Zipf's law with exponent 0.99 is what caches see (YCSB's).
const callKeys: string[] = new Array(CALLS).fill("");
const callHashes = new Int32Array(CALLS);
const places = Int32Array.from({ length: KEYS }, (_, i) => i);
for (let i = KEYS - 1; i > 0; i--) {
  const j = random.below(i + 1);
  const kept = places[i];
  places[i] = places[j];
  places[j] = kept;
}
const popularity = zipf(KEYS, 0.99);

function calls(label: string, run: (key: string, hash: number) => void): void {
  const seconds = cpuSeconds(() => {
    for (let i = 0; i < CALLS; i++) run(callKeys[i], callHashes[i]);
  });
  console.log(`${label.padEnd(18)}${(CALLS / seconds / 1e6).toFixed(2)} M/CPU-s`);
}

for (const [name, draw] of [
  ["uniform", () => random.below(KEYS)],
  ["zipf 0.99", () => places[popularity.rank(random)]],
] as const) {
  for (let i = 0; i < CALLS; i++) {
    const key = draw();
    callKeys[i] = keys[key];
    callHashes[i] = hashes[key];
  }
  calls(`GET ${name}`, (key, hash) => {
    engine.execute(session, ["get", key], -1, hash);
  });
  calls(`SET ${name}`, (key, hash) => {
    engine.execute(session, ["set", key, value], -1, hash);
  });
  calls(`SET EX ${name}`, (key, hash) => {
    engine.execute(session, ["set", key, value, "EX", "3600"], -1, hash);
  });
}
if (engine.stats.keyspaceHits !== 2 * CALLS) throw new Error(`${engine.stats.keyspaceHits} hits`);
