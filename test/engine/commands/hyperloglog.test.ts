import { describe, expect, it } from "vitest";
import { talk } from "../harness.ts";

const valkey = () => talk({ profile: "valkey-8.0" });
const many = (count: number, prefix = "e") => Array.from({ length: count }, (_, i) => `${prefix}${i}`);
const NOT_HLL = "-WRONGTYPE Key is not a valid HyperLogLog string value.";

describe("PFADD, PFCOUNT, PFMERGE", () => {
  it("say whether the estimate may have changed, and estimate", () => {
    const say = valkey();
    expect(say("PFADD h")).toBe(":1");
    expect(say("PFADD h")).toBe(":0");
    expect(say("PFADD h a b c")).toBe(":1");
    expect(say("PFADD h a b c")).toBe(":0");
    expect(say("PFCOUNT h")).toBe(":3");
    expect(say("PFCOUNT none")).toBe(":0");
    say("PFADD g c d");
    expect(say("PFCOUNT h g none")).toBe(":4");
    expect(say("PFMERGE h g")).toBe("+OK");
    expect(say("PFCOUNT h")).toBe(":4");
    expect(say("PFMERGE fresh")).toBe("+OK");
    expect(say("PFCOUNT fresh")).toBe(":0");
  });

  it("keep the bytes that the server keeps", () => {
    const say = valkey();
    say("PFADD h a b c");
    const codes = "\x60\xf3\x80\x50\xb1\x84\x4b\xfb\x80\x42\x5a";
    expect(say("GET h")).toBe(`$HYLL\x01\0\0\0\0\0\0\0\0\0\0\x80${codes}`);
    expect(say("PFDEBUG DECODE h")).toBe("$Z:8436 v:1,1 Z:4274 v:2,1 Z:3068 v:1,1 Z:603");
    say("PFCOUNT h");
    expect(say("GET h")).toBe(`$HYLL\x01\0\0\0\x03\0\0\0\0\0\0\0${codes}`);
  });

  it("turn dense above the limit, and for good", () => {
    const say = valkey();
    say("PFADD", "h", ...many(100));
    expect(say("PFDEBUG ENCODING h")).toBe("+sparse");
    expect(say("PFDEBUG TODENSE h")).toBe(":1");
    expect(say("PFDEBUG TODENSE h")).toBe(":0");
    expect(say("STRLEN h")).toBe(":12304");
    say("CONFIG SET hll-sparse-max-bytes 30");
    say("PFADD", "g", ...many(10));
    expect(say("PFDEBUG ENCODING g")).toBe("+dense");
    expect(say("PFDEBUG DECODE g")).toBe("-ERR HLL encoding is not sparse");
    expect(say("PFDEBUG GETREG g")).toHaveLength(16_384);
    say("PFADD s one");
    say("PFMERGE s g");
    expect(say("PFDEBUG ENCODING s")).toBe("+dense");
  });

  it("refuse strings that are none, and broken ones", () => {
    const say = valkey();
    say("SET s HYLL");
    say("SET n 12345");
    say("RPUSH l a");
    for (const line of ["PFADD s a", "PFCOUNT n", "PFMERGE x s", "PFCOUNT none s", "PFDEBUG ENCODING s"]) {
      expect(say(line)).toBe(NOT_HLL);
    }
    expect(say("PFCOUNT l")).toMatch(/^-WRONGTYPE Operation against/u);
    say("PFADD h a b c");
    say("APPEND", "h", "hello");
    expect(say("PFCOUNT h")).toBe("-INVALIDOBJ Corrupted HLL object detected");
    say("PFADD h2 a");
    say("SETRANGE h2 0 0123");
    expect(say("PFCOUNT h2")).toBe(NOT_HLL);
    expect(say("PFDEBUG ENCODING none")).toBe("-ERR The specified key does not exist");
    expect(say("PFDEBUG junk h2")).toBe(NOT_HLL);
  });

  it("PFCOUNT is replicated when it has to keep a new count", () => {
    const say = valkey();
    const stream: string[] = [];
    say("PFADD h a");
    say.engine.replicate = (_db, argv) => stream.push(argv.join(" "));
    say("PFCOUNT h");
    say("PFCOUNT h");
    expect(stream).toEqual(["PFCOUNT h"]);
  });

  it("PFSELFTEST passes", () => {
    expect(valkey()("PFSELFTEST")).toBe("+OK");
  });
});
