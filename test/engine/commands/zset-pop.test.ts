import { describe, expect, it } from "vitest";
import type { Reply } from "../../../src/engine/reply.ts";
import { type Talk, talk, talkTo } from "../harness.ts";
import { NIL_LIST, type Wire, wire } from "../wire.ts";

function fresh(entries = "128"): Talk {
  return talk({ profile: "valkey-8.0", parameters: { "zset-max-listpack-entries": entries } });
}

/** Another client of the engine, with all that it is sent while it waits. */
function waiter({ engine }: Talk, id: number): Talk & { readonly got: Wire[] } {
  const session = engine.session(id);
  const got: Wire[] = [];
  session.deliver = (reply: Reply) => got.push(wire(reply));
  return Object.assign(talkTo(engine, session), { got });
}

for (const entries of ["128", "0"]) {
  describe(`pops of sorted sets, at most ${entries} members in a listpack`, () => {
    it("ZPOPMIN and ZPOPMAX take members from the ends", () => {
      const t = fresh(entries);
      t("ZADD z 1 a 2 b 3 c 4 d 5 e");
      expect(t("ZPOPMIN z")).toEqual(["$a", "$1"]);
      expect(t("ZPOPMAX z 2")).toEqual(["$e", "$5", "$d", "$4"]);
      expect(t("ZPOPMIN z 0")).toEqual([]);
      expect(t("ZPOPMAX z 9")).toEqual(["$c", "$3", "$b", "$2"]);
      expect(t("EXISTS z")).toBe(":0");
      expect(t("ZPOPMIN z")).toEqual([]);
      expect(t("ZPOPMIN z -1")).toBe("-ERR value is out of range, must be positive");
      expect(t("ZPOPMIN z x")).toBe("-ERR value is out of range, must be positive");
      expect(t("ZPOPMIN z 1 2")).toBe("-ERR syntax error");
    });

    it("ZMPOP takes from the first set that has any", () => {
      const t = fresh(entries);
      t("ZADD z 1 a 2 b 3 c");
      expect(t("ZMPOP 2 none z MIN")).toEqual(["$z", [["$a", "$1"]]]);
      expect(t("ZMPOP 1 z max COUNT 9")).toEqual([
        "$z",
        [
          ["$c", "$3"],
          ["$b", "$2"],
        ],
      ]);
      expect(t("ZMPOP 1 z MIN")).toBe(NIL_LIST);
      expect(t("ZMPOP 0 z MIN")).toBe("-ERR numkeys should be greater than 0");
      expect(t("ZMPOP 1 z MIN COUNT 0")).toBe("-ERR count should be greater than 0");
      for (const call of ["ZMPOP 2 z MIN", "ZMPOP 1 z MID", "ZMPOP 1 z MIN COUNT 1 COUNT 1", "ZMPOP 1 z MIN COUNT"]) {
        expect(t(call)).toBe("-ERR syntax error");
      }
    });
  });
}

describe("pops that wait", () => {
  it("answer at once when there is a member, or cannot wait", () => {
    const t = fresh();
    t("ZADD z 1 a 2 b");
    expect(t("BZPOPMIN none z 0")).toEqual(["$z", "$a", "$1"]);
    expect(t("BZMPOP 0 1 z MAX COUNT 5")).toEqual(["$z", [["$b", "$2"]]]);
    expect(t("BZPOPMAX z 1")).toBe(NIL_LIST);
    expect(t("BZPOPMIN z x")).toBe("-ERR timeout is not a float or out of range");
    expect(t("BZPOPMIN z -1")).toBe("-ERR timeout is negative");
    t("LPUSH list x");
    expect(t("BZPOPMIN list z 0")).toBe("-WRONGTYPE Operation against a key holding the wrong kind of value");
  });

  it("are served in the order in which they came, as soon as a member is there", () => {
    const t = fresh();
    const [first, second, third] = [2, 3, 4].map(id => waiter(t, id));
    first("BZPOPMIN y z 0");
    second("BZMPOP 0 1 z MAX COUNT 2");
    third("BZPOPMAX z 0");
    expect([first.got, second.got, third.got]).toEqual([[], [], []]);
    t("LPUSH other x");
    expect(t("ZADD z 1 a 2 b 3 c 4 d")).toBe(":4");
    expect(first.got).toEqual([["$z", "$a", "$1"]]);
    expect(second.got).toEqual([
      [
        "$z",
        [
          ["$d", "$4"],
          ["$c", "$3"],
        ],
      ],
    ]);
    expect(third.got).toEqual([["$z", "$b", "$2"]]);
    expect(t("EXISTS z")).toBe(":0");
  });

  it("go on waiting when the key becomes something else", () => {
    const t = fresh();
    const client = waiter(t, 2);
    client("BZPOPMIN z 0");
    t("LPUSH z x");
    expect(client.got).toEqual([]);
    t("DEL z");
    t("ZUNIONSTORE z 1 none");
    expect(client.got).toEqual([]);
    t("SADD s m");
    t("ZUNIONSTORE z 1 s");
    expect(client.got).toEqual([["$z", "$m", "$1"]]);
  });

  it("reach replicas as plain pops", () => {
    const t = fresh();
    const stream: string[] = [];
    t.engine.replicate = (_, argv) => stream.push(argv.join(" "));
    t("ZADD z 1 a 2 b 3 c 4 d 5 e");
    t("BZPOPMIN z 0");
    t("ZMPOP 1 z MAX COUNT 2");
    t("BZMPOP 0 1 z MIN COUNT 9");
    t("GEOADD g 13.361389 38.115556 palermo");
    expect(stream).toEqual([
      "ZADD z 1 a 2 b 3 c 4 d 5 e",
      "ZPOPMIN z",
      "ZPOPMAX z 2",
      "ZPOPMIN z 2",
      "ZADD g 3479099956230698 palermo",
    ]);
  });
});
