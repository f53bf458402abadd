// What keys hold before the run: an engine that is given the commands holds just that.

import { describe, expect, it } from "vitest";
import { textOf } from "../../src/engine/bytes.ts";
import { Engine } from "../../src/engine/engine.ts";
import { engineProfile } from "../../src/engine/profile.ts";
import type { Reply } from "../../src/engine/reply.ts";
import { randomFrom } from "../../src/sim/random.ts";
import { fillCommands, type Stored } from "../../src/workload/stored.ts";

function holding(stored: Stored): { ask: (...argv: string[]) => Reply; engine: Engine } {
  const engine = new Engine({ profile: engineProfile("valkey-8.0")!, random: randomFrom("1"), nowMs: 1_000 });
  const session = engine.session(1);
  for (const argv of fillCommands("k", stored, randomFrom("2"))) engine.execute(session, argv);
  return { engine, ask: (...argv) => engine.execute(session, argv) };
}

describe("a key that is there when the run begins", () => {
  it.each<[Stored, string, string[], number]>([
    [{ kind: "string", bytes: 5_000 }, "string", ["strlen", "k"], 5_000],
    [{ kind: "hash", count: 2_500, bytes: 40, prefix: "f:" }, "hash", ["hlen", "k"], 2_500],
    [{ kind: "list", count: 2_500, bytes: 40 }, "list", ["llen", "k"], 2_500],
    [{ kind: "set", count: 2_500, prefix: "m:" }, "set", ["scard", "k"], 2_500],
    [{ kind: "zset", count: 2_500, prefix: "m:" }, "zset", ["zcard", "k"], 2_500],
    [{ kind: "stream", count: 150, bytes: 40, groups: ["workers"] }, "stream", ["xlen", "k"], 150],
    [{ kind: "bitmap", bits: 10_000, share: 1 }, "string", ["bitcount", "k"], 10_000],
  ])("holds $0.kind", (stored, type, size, length) => {
    const { ask } = holding(stored);
    expect(String((ask("type", "k") as { text?: string }).text ?? ask("type", "k"))).toContain(type);
    expect(ask(...size)).toBe(length);
  });

  it("has members by their prefix, the first with the highest score", () => {
    const { ask } = holding({ kind: "zset", count: 20, prefix: "player:" });
    expect(ask("zrevrange", "k", "0", "1")).toEqual(["player:0", "player:1"]);
  });

  it("has groups to which every entry is new", () => {
    const { ask } = holding({ kind: "stream", count: 7, bytes: 10, groups: ["workers"] });
    const read = ask("xreadgroup", "group", "workers", "one", "count", "100", "streams", "k", ">") as [
      [string, unknown[]],
    ];
    expect(read[0][1]).toHaveLength(7);
  });

  it("counts about as many elements as it is told, and sets about as many bits", () => {
    const counted = Number(holding({ kind: "hyperloglog", count: 20_000 }).ask("pfcount", "k"));
    expect(Math.abs(counted / 20_000 - 1)).toBeLessThan(0.03);
    const bits = Number(holding({ kind: "bitmap", bits: 50_000, share: 0.1 }).ask("bitcount", "k"));
    expect(Math.abs(bits / 5_000 - 1)).toBeLessThan(0.06);
  });

  it("has the memory of such a value: a million members come to 100 MB on a server, a tenth to a tenth", () => {
    const { engine } = holding({ kind: "zset", count: 100_000, prefix: "member:" });
    expect(engine.usedMemory / 1e6).toBeGreaterThan(7);
    expect(engine.usedMemory / 1e6).toBeLessThan(13);
  });

  it("gives every value bytes of its own", () => {
    const { ask } = holding({ kind: "list", count: 2, bytes: 30 });
    const [one, other] = (ask("lrange", "k", "0", "1") as string[]).map(textOf);
    expect(one).not.toBe(other);
  });
});
