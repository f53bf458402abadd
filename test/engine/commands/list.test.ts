import { describe, expect, it } from "vitest";
import type { Reply } from "../../../src/engine/reply.ts";
import { pass, type Talk, talk, talkTo } from "../harness.ts";
import { type Wire, wire } from "../wire.ts";

const valkey = () => talk({ profile: "valkey-8.0" });

function filled(...elements: string[]): Talk {
  const say = valkey();
  say("RPUSH", "l", ...elements);
  return say;
}

/** What replicas get, and the keyspace events, in order. */
function watch(say: Talk): { stream: string[]; events: string[] } {
  const seen = { stream: [] as string[], events: [] as string[] };
  say.engine.replicate = (_db, argv) => seen.stream.push(argv.join(" "));
  say.engine.onKeyspaceEvent = (letter, event, key) => seen.events.push(`${letter} ${event} ${key}`);
  return seen;
}

/** A connection that may wait, and what it was sent later. */
function waiter(say: Talk): { session: Talk; got: Wire[] } {
  const session = say.engine.session(100 + say.engine.sessions.size);
  const got: Wire[] = [];
  session.deliver = (reply: Reply) => got.push(wire(reply));
  return { session: talkTo(say.engine, session), got };
}

describe("lists", () => {
  it.each([
    ["LPUSH l x y", ":6"],
    ["RPUSHX none a", ":0"],
    ["LPUSHX l a", ":5"],
    ["LPOP l", "$a"],
    ["RPOP l", "$d"],
    ["LPOP l 2", ["$a", "$b"]],
    ["RPOP l 9", ["$d", "$c", "$b", "$a"]],
    ["LPOP l 0", []],
    ["LPOP none", "(nil)"],
    ["LPOP none 1", "(nil list)"],
    ["LPOP l -1", "-ERR value is out of range, must be positive"],
    ["LPOP l x", "-ERR value is out of range, must be positive"],
    ["LPOP l 1 2", "-ERR wrong number of arguments for 'lpop' command"],
    ["LLEN l", ":4"],
    ["LRANGE l 0 -1", ["$a", "$b", "$c", "$d"]],
    ["LRANGE l -3 1", ["$b"]],
    ["LRANGE l 2 1", []],
    ["LRANGE l 4 9", []],
    ["LRANGE l x 1", "-ERR value is not an integer or out of range"],
    ["LINDEX l -1", "$d"],
    ["LINDEX l 4", "(nil)"],
    ["LSET l 4 x", "-ERR index out of range"],
    ["LSET none 0 x", "-ERR no such key"],
    ["LINSERT l BEFORE c x", ":5"],
    ["LINSERT l after z x", ":-1"],
    ["LINSERT none AFTER a x", ":0"],
    ["LINSERT l BESIDE a x", "-ERR syntax error"],
    ["LREM l 0 b", ":1"],
    ["LREM l x b", "-ERR value is not an integer or out of range"],
    [
      "LREM l -9223372036854775808 b",
      "-ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807",
    ],
    ["LTRIM l 1 2", "+OK"],
    ["LMOVE l m LEFT up", "-ERR syntax error"],
    ["LMPOP 2 none l RIGHT COUNT 2", ["$l", ["$d", "$c"]]],
    ["LMPOP 1 none LEFT", "(nil list)"],
    ["LMPOP 0 l LEFT", "-ERR numkeys should be greater than 0"],
    ["LMPOP 1 l LEFT COUNT 0", "-ERR count should be greater than 0"],
    ["LMPOP 2 l LEFT", "-ERR syntax error"],
    ["LMPOP 1 l LEFT COUNT 1 COUNT 1", "-ERR syntax error"],
    ["BLPOP l 0", ["$l", "$a"]],
    ["BLPOP none l -1", "-ERR timeout is negative"],
    ["BLPOP l x", "-ERR timeout is not a float or out of range"],
    ["BLPOP l 0x7FFFFFFFFFFFFF", "-ERR timeout is out of range"],
    ["BLMPOP 0 1 l RIGHT", ["$l", ["$d"]]],
    ["BRPOPLPUSH l m 0", "$d"],
    ["RPOPLPUSH none m", "(nil)"],
  ])("%s answers %j", (line, reply) => {
    expect(filled("a", "b", "c", "d")(line)).toEqual(reply);
  });

  it.each(["LPUSH s a", "LPOP s", "LRANGE s 0 1", "LINDEX s x", "LLEN s", "LPOS s a", "LTRIM s 0 1", "BLPOP none s 0"])(
    "%s on a string is refused",
    line => {
      const say = valkey();
      say("SET s v");
      expect(say(line)).toBe("-WRONGTYPE Operation against a key holding the wrong kind of value");
    },
  );

  it("LMOVE turns a list round when source and destination are the same", () => {
    const say = filled("a", "b", "c");
    expect(say("LMOVE l l LEFT RIGHT")).toBe("$a");
    expect(say("RPOPLPUSH l l")).toBe("$a");
    expect(say("LRANGE l 0 -1")).toEqual(["$a", "$b", "$c"]);
    expect(say("LMOVE l m RIGHT LEFT")).toBe("$c");
    say("SET s v");
    expect(say("LMOVE l s LEFT LEFT")).toMatch(/^-WRONGTYPE/u);
    expect(say("LRANGE l 0 -1")).toEqual(["$a", "$b"]);
  });

  it("LPOS finds by rank, from either end, some or all, within a distance", () => {
    const say = filled(..."abcbcb");
    expect(say("LPOS l b")).toBe(":1");
    expect(say("LPOS l b RANK 2")).toBe(":3");
    expect(say("LPOS l b RANK -1")).toBe(":5");
    expect(say("LPOS l b COUNT 0")).toEqual([":1", ":3", ":5"]);
    expect(say("LPOS l b COUNT 2 RANK -2")).toEqual([":3", ":1"]);
    expect(say("LPOS l c COUNT 0 MAXLEN 3")).toEqual([":2"]);
    expect(say("LPOS l z")).toBe("(nil)");
    expect(say("LPOS none z COUNT 1")).toEqual([]);
    expect(say("LPOS l b RANK 0")).toMatch(/^-ERR RANK can't be zero/u);
    expect(say("LPOS l b COUNT -1")).toBe("-ERR COUNT can't be negative");
    expect(say("LPOS l b MAXLEN -1")).toBe("-ERR MAXLEN can't be negative");
  });

  it("an emptied list is gone, with events and the call on the way to replicas", () => {
    const say = filled("a", "b", "c");
    const seen = watch(say);
    say("LPOP l 2");
    say("LREM l 0 c");
    expect(seen.stream).toEqual(["LPOP l 2", "LREM l 0 c"]);
    expect(seen.events).toEqual(["l lpop l", "l lrem l", "g del l"]);
    expect(say("EXISTS l")).toBe(":0");
  });

  it("what changes nothing is not replicated", () => {
    const say = filled("a", "b");
    const seen = watch(say);
    for (const line of ["LTRIM l 0 -1", "LREM l 0 z", "LPOP l 0", "LINSERT l BEFORE z x", "LSET l 9 x"]) say(line);
    expect(seen.stream).toEqual([]);
  });

  it("waiting commands are replicated as what they did", () => {
    const say = filled("a", "b", "c", "d", "e");
    const seen = watch(say);
    for (const line of ["BLPOP l 0", "BRPOP none l 0", "BLMOVE l m LEFT RIGHT 0", "BRPOPLPUSH l m 0"]) say(line);
    say("BLMPOP 0 2 none l LEFT COUNT 10");
    expect(seen.stream).toEqual(["LPOP l", "RPOP l", "LMOVE l m LEFT RIGHT", "RPOPLPUSH l m", "LPOP l 1"]);
  });

  it("is one listpack up to 8 KB and a chain above; 7.0 knows only the chain", () => {
    const say = filled("x");
    expect(say("OBJECT ENCODING l")).toBe("$listpack");
    say("RPUSH", "l", "y".repeat(8_200));
    expect(say("OBJECT ENCODING l")).toBe("$quicklist");
    say("RPOP l");
    expect(say("OBJECT ENCODING l")).toBe("$listpack");
    const old = talk({ profile: "redis-7.0" });
    old("RPUSH l x");
    expect(old("OBJECT ENCODING l")).toBe("$quicklist");
  });

  it("DEBUG tells of nodes, and sets from where on an element stands alone", () => {
    const say = valkey();
    say.engine.allowProtected = true;
    expect(say("DEBUG QUICKLIST-PACKED-THRESHOLD 3b")).toBe("+OK");
    say("CONFIG SET list-max-listpack-size 2 list-compress-depth 1");
    say("RPUSH l a b long c");
    expect(say("DEBUG OBJECT l")).toContain(
      " ql_nodes:3 ql_avg_node:1.33 ql_listpack_max:2 ql_compressed:1 ql_uncompressed_size:",
    );
    expect(say("DEBUG QUICKLIST-PACKED-THRESHOLD 5gb")).toMatch(/^-ERR argument must be a memory value/u);
  });
});

describe("waiting for elements", () => {
  it("serves those who wait in the order in which they came, each with one element", () => {
    const say = valkey();
    const [first, second, third] = [waiter(say), waiter(say), waiter(say)];
    expect(first.session("BLPOP k l 0")).toBe("(blocked)");
    expect(second.session("BRPOP l 0")).toBe("(blocked)");
    expect(third.session("BLMPOP 0 1 l LEFT COUNT 5")).toBe("(blocked)");
    expect(say("RPUSH l a b c")).toBe(":3");
    expect(first.got).toEqual([["$l", "$a"]]);
    expect(second.got).toEqual([["$l", "$c"]]);
    expect(third.got).toEqual([["$l", ["$b"]]]);
    expect(say("EXISTS l")).toBe(":0");
  });

  it("hands an element on from list to list", () => {
    const say = valkey();
    const [mover, taker] = [waiter(say), waiter(say)];
    taker.session("BLPOP to 0");
    mover.session("BLMOVE from to RIGHT LEFT 0");
    say("RPUSH from x");
    expect(mover.got).toEqual(["$x"]);
    expect(taker.got).toEqual([["$to", "$x"]]);
  });

  it("ends with nothing when the time is over", () => {
    const say = valkey();
    const [pop, move] = [waiter(say), waiter(say)];
    pop.session("BLPOP l 0.5");
    move.session("BLMOVE l m LEFT LEFT 1");
    pass(say.engine, 600);
    say.engine.endTurn();
    expect([pop.got, move.got]).toEqual([["(nil list)"], []]);
    pass(say.engine, 600);
    say.engine.endTurn();
    expect(move.got).toEqual(["(nil list)"]);
  });

  it("does not wake for a key of another type", () => {
    const say = valkey();
    const { session, got } = waiter(say);
    session("BLPOP k 0");
    say("SET k v");
    say("DEL k");
    expect(got).toEqual([]);
    say("LPUSH k v");
    expect(got).toEqual([["$k", "$v"]]);
  });

  it("inside a transaction answers at once", () => {
    const say = valkey();
    const { session } = waiter(say);
    for (const line of ["MULTI", "BLPOP l 0", "BLMOVE l m LEFT LEFT 0", "BLMPOP 0 1 l LEFT"]) session(line);
    expect(session("EXEC")).toEqual(["(nil list)", "(nil)", "(nil list)"]);
  });
});
