import { describe, expect, it } from "vitest";
import { BlockedReply } from "../../../src/engine/reply.ts";
import { NOW_MS, type Talk, talk, talkTo } from "../harness.ts";
import type { Wire } from "../wire.ts";

/** An engine whose stopwatch moves by so many microseconds whenever it is looked at. */
function timed(us: number, parameters: Record<string, string> = { "slowlog-log-slower-than": "100" }): Talk {
  const say = talk({ profile: "valkey-8.0", parameters });
  let now = 0;
  say.engine.durations.stopwatch = () => (now += us);
  return say;
}

function words(say: Talk): Wire[] {
  return (say("SLOWLOG GET -1") as readonly Wire[]).map(entry => entry[3]);
}

const texts = (line: string) => line.split(" ").map(word => `$${word}`);

describe("SLOWLOG", () => {
  it("keeps the calls that took as long as the limit", () => {
    expect(words(timed(99)).length).toBe(0);
    const say = timed(100);
    say.session.name = "me";
    say("SET k v");
    expect(say("SLOWLOG GET")).toEqual([[":0", `:${NOW_MS / 1_000}`, ":100", texts("SET k v"), "$", "$me"]]);
    expect(say("SLOWLOG LEN")).toBe(":2");
    say("SLOWLOG RESET");
    expect(words(say)).toEqual([texts("SLOWLOG RESET")]);
  });

  it.each([
    ["-1", "128", 0],
    ["0", "0", 0],
    ["0", "2", 2],
  ])("with a limit of %s us and %s entries keeps %d of five", (limit, length, kept) => {
    const say = timed(5, { "slowlog-log-slower-than": limit, "slowlog-max-len": length });
    for (let i = 0; i < 5; i++) say("PING");
    expect(say("SLOWLOG LEN")).toBe(`:${kept}`);
  });

  it("shortens long calls", () => {
    const say = timed(100);
    say("SADD", "set", ...Array.from({ length: 31 }, (_, i) => `m${i}`));
    say("SET", "k", "A".repeat(129));
    const [set, sadd] = words(say);
    expect(set[2]).toBe(`$${"A".repeat(128)}... (1 more bytes)`);
    expect(sadd).toHaveLength(32);
    expect(sadd[31]).toBe("$... (2 more arguments)");
  });

  it.each([
    ["AUTH user secret", "AUTH (redacted) (redacted)"],
    ["HELLO 2 AUTH user secret SETNAME me", "HELLO 2 AUTH (redacted) (redacted) SETNAME me"],
    ["CONFIG SET hz 10 requirepass secret", "CONFIG SET hz 10 requirepass (redacted)"],
    ["ACL SETUSER bob on >secret", "ACL SETUSER (redacted) (redacted) (redacted)"],
    ["ACL GETUSER bob", "ACL GETUSER (redacted)"],
  ])("hides the secrets of %s", (line, shown) => {
    const say = timed(100);
    say(line);
    expect(words(say)[0]).toEqual(texts(shown));
  });

  it("shows what a transaction ran, not EXEC, and a call that waited only when it was served", () => {
    const say = timed(100);
    say("MULTI");
    say("SET k v");
    say("EXEC");
    expect(words(say)).toEqual([texts("SET k v"), texts("MULTI")]);
    const waiting = talkTo(say.engine, say.engine.session(7));
    const late: unknown[] = [];
    waiting.session.deliver = reply => late.push(reply);
    say("SLOWLOG RESET");
    expect(say.engine.execute(waiting.session, ["BLPOP", "l", "0"])).toBeInstanceOf(BlockedReply);
    expect(words(say)).toEqual([texts("SLOWLOG RESET")]);
    say("RPUSH l a");
    expect(late).toHaveLength(1);
    expect(words(say).slice(0, 2)).toEqual([texts("BLPOP l 0"), texts("RPUSH l a")]);
  });

  it.each([
    ["SLOWLOG GET -2", "-ERR count should be greater than or equal to -1"],
    ["SLOWLOG GET x", "-ERR count should be greater than or equal to -1"],
    ["SLOWLOG GET 0", []],
    ["SLOWLOG GET 1 2", "-ERR unknown subcommand or wrong number of arguments for 'GET'. Try SLOWLOG HELP."],
  ])("%s answers %j", (line, reply) => {
    expect(timed(100)(line)).toEqual(reply);
  });

  it("has nothing to say where nothing is measured", () => {
    const say = talk({ parameters: { "slowlog-log-slower-than": "0" } });
    say("SET k v");
    expect(say("SLOWLOG LEN")).toBe(":0");
  });
});
