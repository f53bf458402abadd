// Commands in process, beside ioredis-mock: operations per CPU second, ratios from one run. The peer is not installed with
// the project: name the folder that holds ioredis-mock and ioredis 5 by PEERS (npm i ioredis-mock ioredis@5 in it); without
// it only our figures are printed. It answers by promises, a hundred of which are under way at a time.

import { createRequire } from "node:module";
import { Engine } from "../src/engine/engine.ts";
import { engineProfile } from "../src/engine/profile.ts";
import { randomFrom } from "../src/sim/random.ts";
import { cpuSeconds, cpuSecondsSince } from "./cpu.ts";

const KEYS = 10_000;
const OURS = 400_000;
const PEERS_CALLS = 4_000;
const UNDER_WAY = 100;

type Words = (i: number) => string[];
const VALUE = "v".repeat(100);

/** Each with a key that no other one uses. */
const CASES: readonly (readonly [name: string, words: Words])[] = [
  ["SET", i => ["set", `s:${i % KEYS}`, VALUE]],
  ["GET", i => ["get", `s:${i % KEYS}`]],
  ["HSET", i => ["hset", `h:${i % 100}`, `f${(i * 7) % 100}`, VALUE]],
  ["ZADD", i => ["zadd", "z", String((i * 7_919) % 10_007), `m${i % 1_000}`]],
  ["LPUSH", i => ["lpush", `l:${i % 100}`, VALUE]],
  ["LRANGE 0 9", i => ["lrange", `l:${i % 100}`, "0", "9"]],
  ["XADD", i => ["xadd", `x:${i % 100}`, "*", "field", VALUE]],
];

interface Mock {
  readonly [command: string]: (...words: string[]) => Promise<unknown>;
}

function peer(): Mock | null {
  const folder = process.env.PEERS;
  if (folder === undefined) return null;
  const Redis = createRequire(`${folder}/x.js`)("ioredis-mock") as new () => Mock;
  return new Redis();
}

const engine = new Engine({ profile: engineProfile("valkey-8.0")!, random: randomFrom("commands-bench") });
const session = engine.session(1);
const mock = peer();
console.log(
  mock === null ? "ops per CPU second (no peer: PEERS is not set)" : "ops per CPU second: ours, ioredis-mock, ratio",
);
for (const [name, words] of CASES) {
  const calls = Array.from({ length: OURS }, (_, i) => words(i));
  const ours =
    OURS /
    cpuSeconds(() => {
      for (const argv of calls) engine.execute(session, argv);
    });
  if (mock === null) {
    console.log(`${name.padEnd(11)}${(ours / 1e3).toFixed(0).padStart(7)} k`);
    continue;
  }
  const before = process.cpuUsage();
  for (let i = 0; i < PEERS_CALLS; i += UNDER_WAY) {
    const batch = [];
    for (let j = i; j < i + UNDER_WAY; j++) {
      const [command, ...rest] = calls[j];
      batch.push(mock[command](...rest));
    }
    await Promise.all(batch);
  }
  const theirs = PEERS_CALLS / cpuSecondsSince(before);
  console.log(
    `${name.padEnd(11)}${(ours / 1e3).toFixed(0).padStart(7)} k${(theirs / 1e3).toFixed(1).padStart(8)} k${(ours / theirs).toFixed(0).padStart(7)} x`,
  );
}
mock?.disconnect?.();
