// Snapshots that real servers wrote, read here, and ours read there: equal digests, and where the order is fixed equal bytes.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteReader } from "../../../src/engine/rdb/byte-reader.ts";
import { dumpFile } from "../../../src/engine/rdb/dump-file.ts";
import { loadFile } from "../../../src/engine/rdb/load-file.ts";
import { type Talk, talk, talkTo, testEngine } from "../harness.ts";
import type { Client } from "../real-server.ts";
import { EVERY_FORM, UNORDERED } from "./payloads.ts";
import { type Kind, SERVERS, type Server, startOn } from "./servers.ts";

function engineLike({ profile }: Kind): Talk {
  const ours = talk({ profile });
  ours.engine.allowProtected = true;
  return ours;
}

async function onBoth(calls: readonly (readonly string[])[], client: Client, ours: Talk): Promise<void> {
  const replies = await client.pipeline(calls);
  for (const [i, call] of calls.entries()) {
    const reply = ours(call[0], ...call.slice(1));
    expect([call[0], call[1], reply]).toEqual([call[0], call[1], replies[i]]);
  }
}

async function saved(server: Server): Promise<Buffer> {
  expect(await server.client.call("SAVE")).toBe("+OK");
  return readFileSync(join(server.directory, "dump.rdb"));
}

/** A server that starts from our snapshot has our data. */
async function expectLoads(kind: Kind, ours: Talk, digest: unknown): Promise<void> {
  const server = await startOn(kind, { "dump.rdb": Buffer.concat([...dumpFile(ours.engine)]) });
  try {
    expect(await server.client.call("DEBUG", "DIGEST")).toEqual(digest);
  } finally {
    await server.stop();
  }
}

const text = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: "binary-ascii", maxLength: 12 }) },
  fc.uint8Array({ maxLength: 90 }).map(bytes => Buffer.from(bytes).toString("latin1")),
  fc.integer().map(String),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
  fc
    .tuple(fc.string({ unit: "binary-ascii", minLength: 1, maxLength: 9 }), fc.nat(40))
    .map(([part, n]) => part.repeat(n)),
);
const texts = fc.oneof(
  fc.uniqueArray(text, { minLength: 1, maxLength: 12 }),
  fc
    .tuple(fc.nat(999), fc.integer({ min: 100, max: 700 }))
    .map(([seed, n]) =>
      Array.from({ length: n }, (_, i) => (seed % 2 === 0 ? String(i * seed) : `${seed}:${i}`)).slice(
        seed % 2 === 0 && seed === 0 ? n - 1 : 0,
      ),
    ),
);
const score = fc.oneof(
  fc.double({ noNaN: true }).map(value => (Object.is(value, -0) ? 0 : value)),
  fc.integer(),
  fc.constantFrom(1e17, 2 ** 62, 1e10, 0.1, Number.POSITIVE_INFINITY),
);
const scoreText = (value: number) => (Number.isFinite(value) ? String(value) : value > 0 ? "inf" : "-inf");

/** One key with random content. */
const keyCalls = fc.oneof(
  text.map(value => [["SET", "k", value]]),
  texts.map(items => [["RPUSH", "k", ...items]]),
  texts.map(items => [["SADD", "k", ...items]]),
  texts.map(items => [["HSET", "k", ...items.flatMap((item, i) => [item, `${i}${item}`])]]),
  fc
    .tuple(texts, fc.array(score, { minLength: 1, maxLength: 9 }))
    .map(([items, scores]) => [
      ["ZADD", "k", ...items.flatMap((item, i) => [scoreText(scores[i % scores.length] + (i % 3)), item])],
    ]),
  fc.array(fc.tuple(texts, fc.nat(3)), { minLength: 1, maxLength: 8 }).map(entries => [
    ...entries.flatMap(([items, gap], i) => {
      const fields = items.slice(0, 6).flatMap((item, j) => [`f${j % 2 === 0 ? gap : item}`, item]);
      return [["XADD", "k", `${1_000 * (i + 1)}-${gap}`, ...fields]];
    }),
    ["XDEL", "k", `2000-${entries[1]?.[1] ?? 0}`],
    ["XGROUP", "CREATE", "k", "g", `1000-${entries[0][1]}`],
  ]),
);

describe.skipIf(SERVERS.length === 0).each(SERVERS)("$binary $version", kind => {
  it("every form, there and back", { timeout: 60_000 }, async () => {
    const real = await startOn(kind);
    try {
      const ours = engineLike(kind);
      await onBoth(
        EVERY_FORM.filter(([name]) => name !== "XREADGROUP"),
        real.client,
        ours,
      );
      for (const found of await real.client.call("KEYS", "*")) {
        const key = String(found).slice(1);
        const [theirs, encoding] = await real.client.pipeline([
          ["DUMP", key],
          ["OBJECT", "ENCODING", key],
        ]);
        if (!UNORDERED.has(key) && encoding !== "$hashtable") expect([key, ours("DUMP", key)]).toEqual([key, theirs]);
      }
      const digest = await real.client.call("DEBUG", "DIGEST");
      expect(ours("DEBUG", "DIGEST")).toEqual(digest);
      const second = testEngine({ profile: kind.profile });
      second.allowProtected = true;
      const file = await saved(real);
      // In pieces, as a file is read.
      const pieces = [file.subarray(0, 5), file.subarray(5, 700), file.subarray(700, 701), file.subarray(701)];
      const result = loadFile(second, new ByteReader(pieces));
      expect(result.aux.get("redis-bits")).toBe("64");
      expect(talkTo(second)("DEBUG", "DIGEST")).toEqual(digest);
      await expectLoads(kind, talkTo(second), digest);
    } finally {
      await real.stop();
    }
  });

  it("random values: equal digests, payloads that each side takes, equal bytes where the order is fixed", {
    timeout: 120_000,
  }, async () => {
    const real = await startOn(kind);
    try {
      const ours = engineLike(kind);
      const runs = Number(process.env.CACHECAST_FUZZ_RUNS ?? 150);
      await fc.assert(
        fc.asyncProperty(keyCalls, async calls => {
          await onBoth([["FLUSHALL"], ...calls], real.client, ours);
          const looks = [
            ["DUMP", "k"],
            ["DEBUG", "DIGEST-VALUE", "k"],
            ["OBJECT", "ENCODING", "k"],
          ];
          const [theirs, digest, encoding] = await real.client.pipeline(looks);
          const own = ours("DUMP", "k");
          expect(ours("DEBUG", "DIGEST-VALUE", "k")).toEqual(digest);
          if (encoding !== "$hashtable") expect(own).toEqual(theirs);
          expect(ours("RESTORE", "c", "0", String(theirs).slice(1))).toBe("+OK");
          expect(await real.client.call("RESTORE", "c", "0", String(own).slice(1))).toBe("+OK");
          expect(ours("DEBUG", "DIGEST-VALUE", "c")).toEqual(digest);
          const [copy, copied] = await real.client.pipeline([
            ["DEBUG", "DIGEST-VALUE", "c"],
            ["OBJECT", "ENCODING", "c"],
          ]);
          expect(copy).toEqual(digest);
          expect(ours("OBJECT", "ENCODING", "c")).toEqual(copied);
        }),
        { numRuns: runs },
      );
    } finally {
      await real.stop();
    }
  });
});
