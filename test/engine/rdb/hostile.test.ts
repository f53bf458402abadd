// Payloads and files that lie: errors, never exceptions, endless loops or memory for what is not there.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteReader, Damaged } from "../../../src/engine/rdb/byte-reader.ts";
import { dumpFile } from "../../../src/engine/rdb/dump-file.ts";
import { loadFile } from "../../../src/engine/rdb/load-file.ts";
import { readPayload } from "../../../src/engine/rdb/payload.ts";
import { talk, testEngine } from "../harness.ts";
import { EVERY_FORM, resealed } from "./payloads.ts";

function filled(profile: string) {
  const ours = talk({ profile });
  ours.engine.allowProtected = true;
  for (const [name, ...rest] of EVERY_FORM) ours(name, ...rest);
  return ours;
}

/** Reads a key in every way that its type knows: a value that was let in must be whole. */
const READINGS = [
  ["TYPE"],
  ["OBJECT", "ENCODING"],
  ["DUMP"],
  ["DEBUG", "DIGEST-VALUE"],
  ["MEMORY", "USAGE"],
  ["GET"],
  ["LRANGE", 0, -1],
  ["LPOP"],
  ["RPUSH", "more"],
  ["SMEMBERS"],
  ["SADD", "x"],
  ["SPOP"],
  ["HGETALL"],
  ["HSET", "f", "v"],
  ["HDEL", "f"],
  ["ZRANGE", 0, -1, "WITHSCORES"],
  ["ZADD", 1, "x"],
  ["ZPOPMIN"],
  ["XRANGE", "-", "+"],
  ["XINFO", "STREAM", "FULL"],
  ["XADD", "*", "f", "v"],
  ["XTRIM", "MAXLEN", 1],
  ["COPY", "copy", "REPLACE"],
] as const;

describe.each(["redis-7.0", "valkey-8.0"])("spoilt payloads on %s", profile => {
  const source = filled(profile);
  const payloads = [...source("KEYS", "*")]
    .map(key => source("DUMP", String(key).slice(1)))
    .map(payload => Buffer.from(String(payload).slice(1), "latin1"));

  it("give an error or a value that can be used", () => {
    const spoilt = fc
      .constantFrom(...payloads)
      .chain(payload =>
        fc.tuple(
          fc.constant(payload),
          fc.array(fc.tuple(fc.nat(Math.min(payload.length - 9, 200)), fc.nat(255)), { minLength: 1, maxLength: 4 }),
          fc.option(fc.nat(payload.length)),
        ),
      );
    const ours = talk({ profile });
    ours.engine.allowProtected = true;
    fc.assert(
      fc.property(spoilt, ([payload, changes, cut]) => {
        const copy = Buffer.from(payload);
        for (const [at, value] of changes) copy[at] = value;
        const shorter = cut === null || cut < 10 ? copy : Buffer.concat([copy.subarray(0, cut), copy.subarray(-10)]);
        const reply = ours("RESTORE", "k", "0", resealed(shorter), "REPLACE");
        if (reply !== "+OK") {
          expect(String(reply)).toMatch(/^-ERR (?:Bad data format|DUMP payload version or checksum are wrong)$/u);
          return;
        }
        for (const [name, ...rest] of READINGS) {
          const [first, ...others] =
            name === "OBJECT" || name === "DEBUG" || name === "MEMORY" || name === "XINFO" ? rest : [];
          if (first === undefined) ours(name, "k", ...rest.map(String));
          else ours(name, String(first), "k", ...others.map(String));
        }
        const key = ours.engine.database(0).find("k");
        if (key !== -1) expect(ours.engine.database(0).bytesOf(key)).toBeGreaterThan(0);
        ours("DEL", "k", "copy");
      }),
      { numRuns: 1_500 },
    );
    expect(ours.engine.dataBytes).toBe(0);
  });

  it("cut short anywhere are refused", () => {
    for (const payload of payloads) {
      const end = payload.length - 10;
      const step = Math.max(1, Math.floor(end / 200));
      for (let cut = 0; cut < end; cut += step) expect(readPayload(source.engine, payload.subarray(0, cut))).toBeNull();
      expect(readPayload(source.engine, payload.subarray(0, end))).not.toBeNull();
    }
  });

  it("files cut short or spoilt are damage", () => {
    const whole = Buffer.concat([...dumpFile(source.engine)]);
    const read = (bytes: Buffer) => loadFile(testEngine({ profile }), new ByteReader(bytes));
    expect(read(whole).keysLoaded).toBeGreaterThan(30);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, value) => {
        expect(() => read(whole.subarray(0, at))).toThrow(Damaged);
        const copy = Buffer.from(whole);
        if (copy[at] === value) return;
        copy[at] = value;
        // The checksum finds what the format does not, unless there is said to be none.
        expect(() => read(copy)).toThrow(Damaged);
      }),
      { numRuns: 300 },
    );
  });
});
