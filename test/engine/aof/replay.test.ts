// Append-only files: what is written makes the same data again, whole or cut off.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AofEncoder } from "../../../src/engine/aof/encoder.ts";
import { replay } from "../../../src/engine/aof/replay.ts";
import { rewrittenFile } from "../../../src/engine/aof/rewrite.ts";
import { NO_DATABASE } from "../../../src/engine/propagation.ts";
import { ByteReader } from "../../../src/engine/rdb/byte-reader.ts";
import { encodeCommand } from "../../../src/engine/resp/writer.ts";
import { NOW_MS, pass, type Talk, talk, talkTo, testEngine } from "../harness.ts";
import { EVERY_FORM } from "../rdb/payloads.ts";

/** Talks to an engine whose changes are written down. */
function recorded(profile = "valkey-8.0"): { ours: Talk; file: () => Buffer } {
  const ours = talk({ profile });
  ours.engine.allowProtected = true;
  const encoder = new AofEncoder();
  let text = "";
  ours.engine.replicate = (database, argv) => {
    text += encoder.encode(database, argv);
  };
  return { ours, file: () => Buffer.from(text, "latin1") };
}

function replayed(file: Uint8Array | Iterable<Uint8Array>, profile = "valkey-8.0") {
  const engine = testEngine({ profile });
  engine.allowProtected = true;
  const end = replay(engine, new ByteReader(file));
  const ours = talkTo(engine);
  return { end, ours, digest: ours("DEBUG", "DIGEST") };
}

describe("writing", () => {
  it("selects the database when it changes, and not for MULTI", () => {
    const encoder = new AofEncoder();
    const out =
      encoder.encode(0, ["SET", "a", "1"]) +
      encoder.encode(NO_DATABASE, ["MULTI"]) +
      encoder.encode(0, ["DEL", "a"]) +
      encoder.encode(9, ["DEL", "b"]) +
      encoder.encode(NO_DATABASE, ["EXEC"]);
    const calls = [
      ["SELECT", "0"],
      ["SET", "a", "1"],
      ["MULTI"],
      ["DEL", "a"],
      ["SELECT", "9"],
      ["DEL", "b"],
      ["EXEC"],
    ];
    expect(out).toBe(calls.map(encodeCommand).join(""));
  });

  it("annotates with the time, once a second", () => {
    const encoder = new AofEncoder();
    const stamps = [5, 5, 6].map(seconds => encoder.encode(0, ["PING"], seconds).split("\r\n")[0]);
    expect(stamps).toEqual(["#TS:5", "*1", "#TS:6"]);
  });
});

describe("replaying", () => {
  it("makes the same data of every type", () => {
    const { ours, file } = recorded();
    for (const [name, ...rest] of EVERY_FORM) ours(name, ...rest);
    ours("MULTI");
    ours("SET", "t", "1");
    ours("INCR", "t");
    ours("EXEC");
    const whole = file();
    const second = replayed([whole.subarray(0, 1), whole.subarray(1, 900), whole.subarray(900)]);
    expect(second.end).toEqual({ outcome: "ok" });
    expect(second.digest).toEqual(ours("DEBUG", "DIGEST"));
    expect(second.ours.engine.isLoading).toBe(false);
  });

  it.each([
    ["yes", "redis-7.0"],
    ["yes", "valkey-8.0"],
    ["no", "redis-7.0"],
    ["no", "valkey-8.0"],
  ])("what was written anew makes the same data (snapshot: %s, %s)", (snapshot, profile) => {
    const { ours } = recorded(profile);
    for (const [name, ...rest] of EVERY_FORM) ours(name, ...rest);
    ours("CONFIG", "SET", "aof-use-rdb-preamble", snapshot);
    const file = Buffer.concat([...rewrittenFile(ours.engine)]);
    expect(file.toString("latin1", 0, 5)).toBe(snapshot === "yes" ? "REDIS" : "*2\r\n$");
    // An old file: the snapshot is followed by calls.
    const tail = Buffer.from(encodeCommand(["SELECT", "0"]) + encodeCommand(["SET", "tail", "x"]), "latin1");
    const second = replayed([file, tail], profile);
    expect(second.end).toEqual({ outcome: "ok" });
    ours("SET", "tail", "x");
    expect(second.digest).toEqual(ours("DEBUG", "DIGEST"));
    expect(second.ours("XINFO", "GROUPS", "stream")).toEqual(ours("XINFO", "GROUPS", "stream"));
    expect(second.ours("XPENDING", "stream", "g")).toEqual(ours("XPENDING", "stream", "g"));
  });

  it("a file cut anywhere is replayed up to its last whole call", () => {
    const { ours, file } = recorded();
    const states = new Map<number, unknown>([[0, replayed(Buffer.alloc(0)).digest]]);
    for (const line of ["SET a 1", "RPUSH l x y", "INCR a", "SADD s 1 2 3", "SELECT 3", "SET b 2"]) {
      ours(line);
      states.set(file().length, ours("DEBUG", "DIGEST"));
    }
    const whole = file();
    for (let cut = 0; cut < whole.length; cut++) {
      const { end, digest } = replayed(whole.subarray(0, cut));
      const last = Math.max(...[...states.keys()].filter(length => length <= cut));
      expect(digest).toEqual(states.get(last));
      if (cut === 0) expect(end).toEqual({ outcome: "empty" });
      else if (end.outcome === "truncated") expect(end.validBytes).toBeGreaterThanOrEqual(last);
      else expect(end).toEqual({ outcome: "ok" });
    }
  });

  it("a transaction is done whole or not at all", () => {
    const before = encodeCommand(["SET", "a", "1"]);
    const open = before + encodeCommand(["MULTI"]) + encodeCommand(["SET", "a", "2"]);
    const { end, ours } = replayed(Buffer.from(open, "latin1"));
    expect(end).toEqual({ outcome: "truncated", validBytes: before.length });
    expect(ours("GET", "a")).toBe("$1");
    expect(replayed(Buffer.from(open + encodeCommand(["EXEC"]), "latin1")).ours("GET", "a")).toBe("$2");
  });

  it("keys do not expire under it, and do afterwards", () => {
    const calls = [
      ["SET", "k", "v", "PXAT", String(NOW_MS - 1_000)],
      ["APPEND", "k", "w"],
      ["PERSIST", "k"],
      ["SET", "gone", "v"],
      ["PEXPIREAT", "gone", String(NOW_MS - 1)],
    ];
    const { end, ours } = replayed(Buffer.from(calls.map(encodeCommand).join(""), "latin1"));
    expect(end).toEqual({ outcome: "ok" });
    expect(ours("GET", "k")).toBe("$vw");
    expect(ours("DBSIZE")).toBe(":2");
    pass(ours.engine, 1);
    expect(ours("GET", "gone")).toBe("(nil)");
  });

  it("says what makes no sense", () => {
    const failed = (text: string) => replayed(Buffer.from(text, "latin1")).end;
    const bad = { outcome: "failed", problem: "Bad file format reading the append only file" };
    expect(failed("hello\r\n")).toEqual(bad);
    expect(failed("*0\r\n")).toEqual(bad);
    expect(failed("*x\r\n")).toEqual(bad);
    expect(failed("*1\r\n+3\r\n")).toEqual(bad);
    expect(failed(encodeCommand(["GET"]))).toEqual(bad);
    expect(failed(encodeCommand(["NOSUCH"]))).toEqual({
      outcome: "failed",
      problem: "Unknown command 'NOSUCH' reading the append only file",
    });
    expect(failed("REDIS0011nonsense")).toMatchObject({ outcome: "failed" });
    expect(failed("*1000000000\r\n$3\r\nSET\r\n")).toMatchObject({ outcome: "truncated" });
    expect(failed("*1\r\n$99999999999\r\nabc")).toMatchObject({ outcome: "truncated" });
  });

  it("any bytes at all come to an end", () => {
    const { ours, file } = recorded();
    for (const [name, ...rest] of EVERY_FORM.filter(([, key]) => key !== "chain")) ours(name, ...rest);
    const whole = file().subarray(0, 3_000);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.uint8Array({ maxLength: 6 }), (at, patch) => {
        const copy = Buffer.from(whole);
        copy.set(patch.subarray(0, copy.length - at), at);
        expect(["ok", "truncated", "failed"]).toContain(replayed(copy).end.outcome);
      }),
      { numRuns: 300 },
    );
  });
});
