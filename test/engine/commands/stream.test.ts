import { describe, expect, it } from "vitest";
import type { Bytes } from "../../../src/engine/bytes.ts";
import { MapReply } from "../../../src/engine/reply.ts";
import { NOW_MS, pass, type Talk, talk, talkTo } from "../harness.ts";

const SMALL_NODES = { "stream-node-max-entries": "3" };

/** `s` has entries 1-0 to 5-0 with a field f, in nodes of three; group g begins at the front; `t` is text. */
function prepared(profile = "valkey-8.0"): Talk {
  const say = talk({ profile, parameters: SMALL_NODES });
  for (let i = 1; i <= 5; i++) say(`XADD s ${i}-0 f v${i}`);
  say("XGROUP CREATE s g 0");
  say("SET t text");
  return say;
}

const INVALID = "-ERR Invalid stream ID specified as stream command argument";
const WRONG_TYPE = "-WRONGTYPE Operation against a key holding the wrong kind of value";
const NOT_INTEGER = "-ERR value is not an integer or out of range";
const entry = (ms: number) => [`$${ms}-0`, ["$f", `$v${ms}`]];

describe("XADD", () => {
  it.each([
    ["XADD s 6-1 f v", "$6-1"],
    ["XADD s 5-* f v", "$5-1"],
    ["XADD s 7-* f v", "$7-0"],
    ["XADD s * f v", `$${NOW_MS}-0`],
    ["XADD s 6 f v", "$6-0"],
    ["XADD new 0-* f v", "$0-1"],
    ["XADD new 0-0 f v", "-ERR The ID specified in XADD must be greater than 0-0"],
    ["XADD s 5-0 f v", "-ERR The ID specified in XADD is equal or smaller than the target stream top item"],
    ["XADD s 4-* f v", "-ERR The ID specified in XADD is equal or smaller than the target stream top item"],
    ["XADD new NOMKSTREAM 1-0 f v", "(nil)"],
    ["XADD s NOMKSTREAM 9-0 f v", "$9-0"],
    ["XADD t 1-0 f v", WRONG_TYPE],
    ["XADD s 9-0 f", "-ERR wrong number of arguments for 'xadd' command"],
    ["XADD s 9-0 f v g", "-ERR wrong number of arguments for 'xadd' command"],
    ["XADD s MAXLEN 5 9-0", "-ERR wrong number of arguments for 'xadd' command"],
    ["XADD s junk 9-0 f v", INVALID],
    ["XADD s - f v", INVALID],
    ["XADD s MAXLEN -1 9-0 f v", "-ERR The MAXLEN argument must be >= 0."],
    ["XADD s MAXLEN x 9-0 f v", NOT_INTEGER],
    ["XADD s MINID x 9-0 f v", INVALID],
    [
      "XADD s MAXLEN 1 MINID 1 9-0 f v",
      "-ERR syntax error, MAXLEN and MINID options at the same time are not compatible",
    ],
    ["XADD s MAXLEN = 1 LIMIT 2 9-0 f v", "-ERR syntax error, LIMIT cannot be used without the special ~ option"],
    ["XADD s LIMIT 2 9-0 f v", "-ERR syntax error, LIMIT cannot be used without specifying a trimming strategy"],
    ["XADD s MAXLEN ~ 1 LIMIT -2 9-0 f v", "-ERR The LIMIT argument must be >= 0."],
  ])("%s answers %s", (line, reply) => {
    expect(prepared()(line)).toEqual(reply);
  });

  it("goes on after the last id when the clock stands behind it, and ends with the last id of all", () => {
    const say = talk();
    say("XADD k 2000000000000-5 f v");
    expect(say("XADD k * f v")).toBe("$2000000000000-6");
    say("XADD k 18446744073709551615-18446744073709551614 f v");
    expect(say("XADD k * f v")).toBe("$18446744073709551615-18446744073709551615");
    expect(say("XADD k * f v")).toBe("-ERR The stream has exhausted the last possible ID, unable to add more items");
  });

  it.each([
    ["MAXLEN 2", 2],
    ["MAXLEN = 2", 2],
    ["MAXLEN ~ 2", 3],
    ["MAXLEN ~ 0 LIMIT 2", 6],
    ["MAXLEN 0", 0],
    ["MINID 4", 3],
    ["MINID ~ 3", 6],
    ["MINID ~ 4", 3],
  ])("trims by %s to %d entries", (trim, length) => {
    const say = prepared();
    say(`XADD s ${trim} 6-0 f v`);
    expect(say("XLEN s")).toBe(`:${length}`);
  });
});

describe("looking at and deleting entries", () => {
  it.each([
    ["XLEN s", ":5"],
    ["XLEN none", ":0"],
    ["XLEN t", WRONG_TYPE],
    ["XRANGE s - + COUNT 2", [entry(1), entry(2)]],
    ["XRANGE s (1-0 (3-0", [entry(2)]],
    ["XRANGE s 4 9", [entry(4), entry(5)]],
    ["XRANGE s - + COUNT 0", "(nil list)"],
    ["XRANGE s - + COUNT -1", "(nil list)"],
    ["XRANGE none - + COUNT 0", []],
    ["XRANGE t - +", WRONG_TYPE],
    ["XRANGE s x +", INVALID],
    ["XRANGE s (- +", INVALID],
    ["XRANGE s - + COUNT", "-ERR syntax error"],
    ["XRANGE s - + COUNT x", NOT_INTEGER],
    ["XRANGE s (18446744073709551615-18446744073709551615 +", "-ERR invalid start ID for the interval"],
    ["XRANGE s - (0-0", "-ERR invalid end ID for the interval"],
    ["XREVRANGE s + - COUNT 2", [entry(5), entry(4)]],
    ["XREVRANGE s (5-0 3", [entry(4), entry(3)]],
    ["XDEL s 1-0 1-0 9-0", ":1"],
    ["XDEL none 1-0", ":0"],
    ["XDEL s 1-0 x", INVALID],
    ["XTRIM s MAXLEN 2", ":3"],
    ["XTRIM s MAXLEN ~ 2", ":3"],
    ["XTRIM s MAXLEN ~ 3", ":0"],
    ["XTRIM none MAXLEN 2", ":0"],
    ["XTRIM s LIMIT 0 LIMIT 0", "-ERR syntax error, XTRIM must be called with a trimming strategy"],
    ["XTRIM s junk 2", "-ERR syntax error"],
    ["XSETID s 9-0 ENTRIESADDED 7 MAXDELETEDID 8-0", "+OK"],
    ["XSETID s 4-0", "-ERR The ID specified in XSETID is smaller than the target stream top item"],
    [
      "XSETID s 9-0 ENTRIESADDED 4",
      "-ERR The entries_added specified in XSETID is smaller than the target stream length",
    ],
    ["XSETID s 9-0 ENTRIESADDED -1", "-ERR entries_added must be positive"],
    [
      "XSETID s 9-0 MAXDELETEDID 10-0",
      "-ERR The ID specified in XSETID is smaller than the provided max_deleted_entry_id",
    ],
    ["XSETID none 9-0", "-ERR no such key"],
    ["XSETID s 9-0 junk 1", "-ERR syntax error"],
    ["OBJECT ENCODING s", "$stream"],
    ["TYPE s", "+stream"],
  ])("%s answers %j", (line, reply) => {
    expect(prepared()(line)).toEqual(reply);
  });

  it("a stream stays when it is empty, with its last id", () => {
    const say = prepared();
    expect(say("XDEL s 1-0 2-0 3-0 4-0 5-0")).toBe(":5");
    expect(say("EXISTS s")).toBe(":1");
    expect(say("XADD s 5-0 f v")).toMatch(/^-ERR The ID/u);
    expect(say("XRANGE s - +")).toEqual([]);
  });

  it("XSETID heeds what was deleted since 7.2", () => {
    for (const [profile, reply] of [
      ["redis-7.0", "+OK"],
      ["valkey-7.2", "-ERR The ID specified in XSETID is smaller than current max_deleted_entry_id"],
    ]) {
      const say = prepared(profile);
      say("XSETID s 9-0 MAXDELETEDID 9-0");
      expect(say("XSETID s 8-0")).toBe(reply);
    }
  });
});

describe("XREAD", () => {
  it.each([
    ["XREAD STREAMS s 3", [["$s", [entry(4), entry(5)]]]],
    ["XREAD COUNT 1 STREAMS s none 3 0", [["$s", [entry(4)]]]],
    ["XREAD STREAMS s $", "(nil list)"],
    ["XREAD STREAMS s +", [["$s", [entry(5)]]]],
    ["XREAD STREAMS none +", "(nil list)"],
    ["XREAD BLOCK 100 STREAMS s $", "(nil list)"],
    ["XREAD STREAMS t 0", WRONG_TYPE],
    ["XREAD STREAMS s x", INVALID],
    [
      "XREAD STREAMS s >",
      "-ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> option.",
    ],
    [
      "XREAD STREAMS s t 0",
      "-ERR Unbalanced 'xread' list of streams: for each stream key an ID or '$' must be specified.",
    ],
    ["XREAD GROUP g c STREAMS s 0", "-ERR The GROUP option is only supported by XREADGROUP. You called XREAD instead."],
    ["XREAD NOACK STREAMS s 0", "-ERR The NOACK option is only supported by XREADGROUP. You called XREAD instead."],
    ["XREAD COUNT 1 junk s 0", "-ERR syntax error"],
    ["XREAD COUNT 1 COUNT 2", "-ERR syntax error"],
    ["XREAD BLOCK x STREAMS s 0", "-ERR timeout is not an integer or out of range"],
    ["XREAD BLOCK -1 STREAMS s 0", "-ERR timeout is negative"],
    ["XREAD BLOCK 9223372036854775807 STREAMS s 0", "-ERR timeout is out of range"],
  ])("%s answers %j", (line, reply) => {
    expect(prepared()(line)).toEqual(reply);
  });

  it("takes + for the last entry since 8.0 only", () => {
    expect(prepared("valkey-7.2")("XREAD STREAMS s +")).toBe(INVALID);
  });

  it("answers a map to clients of RESP3", () => {
    const { engine, session } = prepared();
    session.resp = 3;
    const reply = engine.execute(session, ["XREAD", "STREAMS", "s", "4"]);
    expect(reply).toEqual(new MapReply(["s", [["5-0", ["f", "v5"]]]]));
  });
});

describe("what replicas receive of a stream", () => {
  it.each([
    ["XADD s * f v", [`XADD s ${NOW_MS}-0 f v`]],
    ["XADD s 5-* f v", ["XADD s 5-1 f v"]],
    ["XADD s 9-0 f v", ["XADD s 9-0 f v"]],
    ["XADD s MAXLEN 2 9-0 f v", ["XADD s MAXLEN 2 9-0 f v"]],
    ["XADD s MAXLEN ~ 2 9-* f v", ["XADD s MAXLEN = 3 9-0 f v"]],
    ["XADD s MAXLEN ~ 0 LIMIT 3 9-0 f v", ["XADD s MAXLEN = 3 LIMIT 3 9-0 f v"]],
    ["XADD s MINID ~ 3-5 9-0 f v", ["XADD s MINID = 4-0 9-0 f v"]],
    ["XTRIM s MAXLEN ~ 2", ["XTRIM s MAXLEN = 2"]],
    ["XTRIM s MINID ~ 5-0", ["XTRIM s MINID = 4-0"]],
    ["XTRIM s MAXLEN ~ 5", []],
    ["XDEL s 1-0", ["XDEL s 1-0"]],
    ["XDEL s 9-0", []],
    ["XREAD STREAMS s 0", []],
    [
      "XREADGROUP GROUP g c COUNT 1 STREAMS s >",
      [`XCLAIM s g c 0 1-0 TIME ${NOW_MS} RETRYCOUNT 1 FORCE JUSTID LASTID 1-0`, "XGROUP SETID s g 1-0 ENTRIESREAD 1"],
    ],
    [
      "XREADGROUP GROUP g c COUNT 1 NOACK STREAMS s >",
      ["XGROUP CREATECONSUMER s g c", "XGROUP SETID s g 1-0 ENTRIESREAD 1"],
    ],
    ["XREADGROUP GROUP g c STREAMS s 0", []],
    ["XCLAIM s g c 0 1-0", []],
    [
      "XCLAIM s g c 0 1-0 FORCE TIME 5 RETRYCOUNT 7",
      ["XCLAIM s g c 0 1-0 TIME 5 RETRYCOUNT 7 FORCE JUSTID LASTID 0-0"],
    ],
    ["XCLAIM s g c 0 9-0 LASTID 3-0", ["XGROUP SETID s g 3-0 ENTRIESREAD -1"]],
  ])("%s becomes %j", (line, expected) => {
    const say = prepared();
    say("XGROUP SETID s g 0");
    const stream: (readonly Bytes[])[] = [];
    say.engine.replicate = (_, argv) => stream.push(argv);
    say(line);
    expect(stream.map(argv => argv.join(" ")).filter(call => call !== "MULTI" && call !== "EXEC")).toEqual(expected);
  });
});

describe("a call that waits for entries", () => {
  /** A connection whose late replies are collected. */
  function waiter(say: Talk, id = 7) {
    const session = say.engine.session(id);
    const replies: unknown[] = [];
    session.deliver = reply => replies.push(reply);
    return Object.assign(talkTo(say.engine, session), { replies });
  }

  it("is served by the entry that comes; $ means the end as it was", () => {
    const say = prepared();
    const waiting = waiter(say);
    expect(waiting("XREAD BLOCK 0 STREAMS s none $ $")).toBe("(blocked)");
    say("XADD s 9-0 f v");
    expect(waiting.replies).toEqual([[["s", [["9-0", ["f", "v"]]]]]]);
  });

  it("sleeps on while nothing new is there, and ends by its time", () => {
    const say = prepared();
    const waiting = waiter(say);
    waiting("XREAD BLOCK 50 STREAMS new 7-0");
    say("XADD new 5-0 f v");
    say("DEL new");
    say("SET new text");
    expect(waiting.replies).toEqual([]);
    pass(say.engine, 50);
    say.engine.endTurn();
    expect(waiting.replies).toHaveLength(1);
  });

  it.each([
    ["DEL s", /^NOGROUP No such key 's' or consumer group 'g' in XREADGROUP with GROUP option$/u],
    ["SET s text", /^WRONGTYPE/u],
    ["XGROUP DESTROY s g", /^NOGROUP/u],
    ["FLUSHALL", /^NOGROUP/u],
    ["RENAME t s", /^WRONGTYPE/u],
  ])("for a group learns of %s", (line, error) => {
    const say = prepared();
    const waiting = waiter(say);
    say("XGROUP SETID s g $");
    expect(waiting("XREADGROUP GROUP g c BLOCK 0 STREAMS s >")).toBe("(blocked)");
    say(line);
    expect(waiting.replies).toHaveLength(1);
    expect((waiting.replies[0] as { text: string }).text).toMatch(error);
  });

  it("is one of several: each entry of a group goes to the first", () => {
    const say = prepared();
    say("XGROUP SETID s g $");
    const [first, second] = [waiter(say, 7), waiter(say, 8)];
    for (const waiting of [first, second]) waiting("XREADGROUP GROUP g c BLOCK 0 STREAMS s >");
    say("XADD s 9-0 f v");
    expect([first.replies.length, second.replies.length]).toEqual([1, 0]);
  });
});
