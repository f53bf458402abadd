import { describe, expect, it } from "vitest";
import { NOW_MS, pass, type Talk, talk } from "../harness.ts";

/** `s` has entries 1-0 to 5-0; consumer c of group g has got 1-0 and 2-0, consumer d 3-0; `t` is text. */
function prepared(profile = "valkey-8.0"): Talk {
  const say = talk({ profile });
  for (let i = 1; i <= 5; i++) say(`XADD s ${i}-0 f v${i}`);
  say("XGROUP CREATE s g 0");
  say("XREADGROUP GROUP g c COUNT 2 STREAMS s >");
  say("XREADGROUP GROUP g d COUNT 1 STREAMS s >");
  say("SET t text");
  return say;
}

const INVALID = "-ERR Invalid stream ID specified as stream command argument";
const WRONG_TYPE = "-WRONGTYPE Operation against a key holding the wrong kind of value";
const NO_STREAM =
  "-ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the MKSTREAM option to create an empty stream automatically.";
const entry = (ms: number) => [`$${ms}-0`, ["$f", `$v${ms}`]];
const pending = (ms: number, consumer: string, deliveries = 1) => [`$${ms}-0`, `$${consumer}`, ":0", `:${deliveries}`];

/** The fields of a map as they stand in a RESP2 reply. */
function fields(reply: unknown): Record<string, unknown> {
  const items = reply as readonly unknown[];
  return Object.fromEntries(items.flatMap((name, i) => (i % 2 === 0 ? [[String(name).slice(1), items[i + 1]]] : [])));
}

function groupInfo(say: Talk): Record<string, unknown> {
  return fields((say("XINFO GROUPS s") as readonly unknown[])[0]);
}

describe("consumer groups", () => {
  it.each([
    ["XGROUP CREATE s h $", "+OK"],
    ["XGROUP CREATE s g $", "-BUSYGROUP Consumer Group name already exists"],
    ["XGROUP CREATE new h $", NO_STREAM],
    ["XGROUP CREATE new h $ MKSTREAM", "+OK"],
    ["XGROUP CREATE t h $", WRONG_TYPE],
    ["XGROUP CREATE s h x", INVALID],
    ["XGROUP CREATE s h 0 ENTRIESREAD -2", "-ERR value for ENTRIESREAD must be positive or -1"],
    ["XGROUP CREATE s h 0 junk", "-ERR unknown subcommand or wrong number of arguments for 'CREATE'. Try XGROUP HELP."],
    ["XGROUP SETID s g 0", "+OK"],
    ["XGROUP SETID s none 0", "-NOGROUP No such consumer group 'none' for key name 's'"],
    ["XGROUP SETID new g 0", NO_STREAM],
    ["XGROUP DESTROY s g", ":1"],
    ["XGROUP DESTROY s none", ":0"],
    ["XGROUP DESTROY new g", NO_STREAM],
    ["XGROUP CREATECONSUMER s g e", ":1"],
    ["XGROUP CREATECONSUMER s g c", ":0"],
    ["XGROUP DELCONSUMER s g c", ":2"],
    ["XGROUP DELCONSUMER s g none", ":0"],
    ["XREADGROUP GROUP g c COUNT 1 STREAMS s >", [["$s", [entry(4)]]]],
    ["XREADGROUP GROUP g c STREAMS s 0", [["$s", [entry(1), entry(2)]]]],
    ["XREADGROUP GROUP g c STREAMS s 1", [["$s", [entry(2)]]]],
    ["XREADGROUP GROUP g e STREAMS s 0", [["$s", []]]],
    [
      "XREADGROUP GROUP none c STREAMS s >",
      "-NOGROUP No such key 's' or consumer group 'none' in XREADGROUP with GROUP option",
    ],
    ["XREADGROUP COUNT 1 NOACK STREAMS s >", "-ERR Missing GROUP option for XREADGROUP"],
    ["XACK s g 1-0 1-0 9-0", ":1"],
    ["XACK s none 1-0", ":0"],
    ["XACK none g 1-0", ":0"],
    ["XACK s g x", INVALID],
    [
      "XPENDING s g",
      [
        ":3",
        "$1-0",
        "$3-0",
        [
          ["$c", "$2"],
          ["$d", "$1"],
        ],
      ],
    ],
    ["XPENDING s g - + 10", [pending(1, "c"), pending(2, "c"), pending(3, "d")]],
    ["XPENDING s g (1-0 + 1", [pending(2, "c")]],
    ["XPENDING s g - + 10 d", [pending(3, "d")]],
    ["XPENDING s g - + 10 none", []],
    ["XPENDING s g IDLE 1 - + 10", []],
    ["XPENDING s none", "-NOGROUP No such key 's' or consumer group 'none'"],
    ["XPENDING s g - +", "-ERR syntax error"],
    ["XCLAIM s g d 0 1-0", [entry(1)]],
    ["XCLAIM s g d 0 1-0 5-0 JUSTID", ["$1-0"]],
    ["XCLAIM s g d 0 5-0 FORCE JUSTID", ["$5-0"]],
    ["XCLAIM s g d 1 1-0", []],
    ["XCLAIM s g d x 1-0", "-ERR Invalid min-idle-time argument for XCLAIM"],
    ["XCLAIM s g d 0 1-0 junk", "-ERR Unrecognized XCLAIM option 'junk'"],
    ["XCLAIM s g d 0 1-0 IDLE x", "-ERR Invalid IDLE option argument for XCLAIM"],
    ["XCLAIM s none d 0 1-0", "-NOGROUP No such key 's' or consumer group 'none'"],
    ["XAUTOCLAIM s g d 0 0 COUNT 1", ["$2-0", [entry(1)], []]],
    ["XAUTOCLAIM s g d 0 0 JUSTID", ["$0-0", ["$1-0", "$2-0", "$3-0"], []]],
    ["XAUTOCLAIM s g d 0 0 COUNT 0", "-ERR COUNT must be > 0"],
    ["XAUTOCLAIM s g d x 0", "-ERR Invalid min-idle-time argument for XAUTOCLAIM"],
    [
      "XAUTOCLAIM s g d 0 0 COUNT 576460752303423487",
      "-ERR Insufficient memory, failed allocating transient memory, COUNT too high.",
    ],
    ["XINFO CONSUMERS s none", "-NOGROUP No such consumer group 'none' for key name 's'"],
    ["XINFO STREAM none", "-ERR no such key"],
    ["XINFO STREAM s junk", "-ERR unknown subcommand or wrong number of arguments for 'STREAM'. Try XINFO HELP."],
  ])("%s answers %j", (line, reply) => {
    expect(prepared()(line)).toEqual(reply);
  });

  it("entries that were deleted are shown as gone, and leave with the next claim", () => {
    const say = prepared();
    say("XDEL s 1-0 3-0");
    expect(say("XREADGROUP GROUP g c STREAMS s 0")).toEqual([["$s", [["$1-0", "(nil list)"], entry(2)]]]);
    expect(say("XAUTOCLAIM s g e 0 0")).toEqual(["$0-0", [entry(2)], ["$1-0", "$3-0"]]);
    expect(say("XPENDING s g - + 10")).toEqual([pending(2, "e", 3)]);
  });

  it("deliveries are counted, idle times run", () => {
    const say = prepared();
    pass(say.engine, 100);
    expect(say("XPENDING s g IDLE 100 - + 10")).toEqual([
      ["$1-0", "$c", ":100", ":1"],
      ["$2-0", "$c", ":100", ":1"],
      ["$3-0", "$d", ":100", ":1"],
    ]);
    say("XCLAIM s g d 50 1-0 IDLE 30");
    say("XCLAIM s g d 50 2-0 JUSTID RETRYCOUNT 8");
    say("XREADGROUP GROUP g d STREAMS s 2");
    expect(say("XPENDING s g - + 10")).toEqual([
      ["$1-0", "$d", ":30", ":2"],
      ["$2-0", "$d", ":0", ":8"],
      ["$3-0", "$d", ":0", ":2"],
    ]);
  });

  it("a group set back takes over what others have not acknowledged", () => {
    const say = prepared();
    say("XGROUP SETID s g 0");
    say("XREADGROUP GROUP g e COUNT 3 STREAMS s >");
    expect(say("XPENDING s g")).toEqual([":3", "$1-0", "$3-0", [["$e", "$3"]]]);
  });

  it("consumers come to be by asking since 7.2, before only by getting something", () => {
    for (const [profile, count] of [
      ["redis-7.0", ":0"],
      ["valkey-7.2", ":1"],
    ]) {
      const say = talk({ profile });
      say("XGROUP CREATE s g $ MKSTREAM");
      say("XREADGROUP GROUP g c STREAMS s >");
      expect(groupInfo(say).consumers).toBe(count);
    }
  });
});

describe("how far a group has come", () => {
  it.each([
    ["by reading", ["XREADGROUP GROUP g c COUNT 1 STREAMS s >"], ":4", ":1"],
    ["set to an id in the middle", ["XGROUP SETID s g 4-0"], "(nil)", "(nil)"],
    ["set to the first id", ["XGROUP SETID s g 1-0"], "(nil)", ":4"],
    ["set to the last id", ["XGROUP SETID s g $"], "(nil)", ":0"],
    ["told so", ["XGROUP SETID s g 4-0 ENTRIESREAD 4"], ":4", ":1"],
    ["with a deleted entry behind it", ["XDEL s 1-0"], ":3", ":2"],
    ["with a deleted entry before it", ["XDEL s 4-0"], ":3", "(nil)"],
    ["by reading past a deleted entry", ["XDEL s 4-0", "XREADGROUP GROUP g c STREAMS s >"], ":4", ":1"],
    ["with all entries gone", ["XTRIM s MAXLEN 0"], ":3", ":2"],
  ])("%s: %j", (_, calls, read, lag) => {
    const say = prepared();
    for (const line of calls) say(line);
    const info = groupInfo(say);
    expect([info["entries-read"], info.lag]).toEqual([read, lag]);
  });
});

describe("XINFO", () => {
  it("STREAM shows ends and counters", () => {
    const say = prepared();
    say("XDEL s 1-0");
    expect(fields(say("XINFO STREAM s"))).toEqual({
      length: ":4",
      "radix-tree-keys": ":1",
      "radix-tree-nodes": ":2",
      "last-generated-id": "$5-0",
      "max-deleted-entry-id": "$1-0",
      "entries-added": ":5",
      "recorded-first-entry-id": "$2-0",
      groups: ":1",
      "first-entry": entry(2),
      "last-entry": entry(5),
    });
  });

  it("STREAM FULL shows entries, groups, consumers and what is pending", () => {
    const say = prepared();
    pass(say.engine, 5);
    const { entries, groups } = fields(say("XINFO STREAM s FULL COUNT 1"));
    expect(entries).toEqual([entry(1)]);
    const { consumers, pending: rows, ...group } = fields((groups as readonly unknown[])[0]);
    expect(group).toEqual({
      name: "$g",
      "last-delivered-id": "$3-0",
      "entries-read": ":3",
      lag: ":2",
      "pel-count": ":3",
    });
    expect(rows).toEqual([["$1-0", "$c", `:${NOW_MS}`, ":1"]]);
    expect((consumers as readonly unknown[]).map(fields)).toEqual([
      {
        name: "$c",
        "seen-time": `:${NOW_MS}`,
        "active-time": `:${NOW_MS}`,
        "pel-count": ":2",
        pending: [["$1-0", `:${NOW_MS}`, ":1"]],
      },
      {
        name: "$d",
        "seen-time": `:${NOW_MS}`,
        "active-time": `:${NOW_MS}`,
        "pel-count": ":1",
        pending: [["$3-0", `:${NOW_MS}`, ":1"]],
      },
    ]);
  });

  it("CONSUMERS knows since 7.2 when somebody last got an entry", () => {
    const say = prepared();
    pass(say.engine, 5);
    say("XREADGROUP GROUP g e NOACK STREAMS s 0");
    const last = (list: unknown) => fields((list as readonly unknown[]).at(-1));
    expect(last(say("XINFO CONSUMERS s g"))).toEqual({ name: "$e", pending: ":0", idle: ":0", inactive: ":-1" });
    expect(Object.keys(last(prepared("redis-7.0")("XINFO CONSUMERS s g")))).toEqual(["name", "pending", "idle"]);
  });
});

describe("a copy of a stream", () => {
  it("has the groups with all that is pending, and a life of its own", () => {
    const say = prepared();
    say("COPY s copy");
    expect(say("XINFO STREAM copy FULL")).toEqual(say("XINFO STREAM s FULL"));
    say("XACK copy g 1-0");
    say("XDEL copy 2-0");
    expect(say("XPENDING s g")).toEqual([
      ":3",
      "$1-0",
      "$3-0",
      [
        ["$c", "$2"],
        ["$d", "$1"],
      ],
    ]);
    expect(say("XLEN s")).toBe(":5");
  });
});
