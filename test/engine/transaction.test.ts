// MULTI, EXEC, DISCARD, WATCH: what is queued, what breaks a transaction, and what replicas see of one.

import { describe, expect, it } from "vitest";
import { NO_DATABASE } from "../../src/engine/propagation.ts";
import { pass, type Talk, talk, talkTo } from "./harness.ts";

/** Two clients of one engine. */
function pair(): [Talk, Talk] {
  const one = talk({ profile: "valkey-8.0" });
  return [one, talkTo(one.engine, one.engine.session(2))];
}

describe("a transaction", () => {
  it("runs what was queued, in order, and answers all at once", () => {
    const [say] = pair();
    expect(say("MULTI")).toBe("+OK");
    expect(say("SET a 5")).toBe("+QUEUED");
    expect(say("INCR a")).toBe("+QUEUED");
    expect(say("GET nothing")).toBe("+QUEUED");
    expect(say("EXEC")).toEqual(["+OK", ":6", "(nil)"]);
    expect(say("EXEC")).toBe("-ERR EXEC without MULTI");
  });

  it("goes on after an error at run time, and does nothing after one while queueing", () => {
    const [say] = pair();
    say("SET s text");
    say("MULTI");
    say("INCR s");
    say("SET b 1");
    expect(say("EXEC")).toEqual(["-ERR value is not an integer or out of range", "+OK"]);
    say("MULTI");
    expect(say("SET b")).toBe("-ERR wrong number of arguments for 'set' command");
    say("SET b 2");
    expect(say("EXEC")).toBe("-EXECABORT Transaction discarded because of previous errors.");
    expect(say("GET b")).toBe("$1");
  });

  it("is forgotten by DISCARD and by RESET", () => {
    const [say] = pair();
    say("MULTI");
    say("SET a 1");
    expect(say("DISCARD")).toBe("+OK");
    say("MULTI");
    say("SET a 1");
    expect(say("RESET")).toBe("+RESET");
    expect([say("EXEC"), say("GET a")]).toEqual(["-ERR EXEC without MULTI", "(nil)"]);
  });

  it("is neither nested nor watched from inside, and the mistake discards it", () => {
    const [say] = pair();
    for (const inside of ["MULTI", "WATCH k"]) {
      say("MULTI");
      expect(say(inside)).toBe("-ERR Command not allowed inside a transaction");
      expect(say("EXEC")).toBe("-EXECABORT Transaction discarded because of previous errors.");
    }
  });

  it("is refused whole when memory is short and it may need some", () => {
    const [say] = pair();
    say("MULTI");
    say("SET a 1");
    talkTo(say.engine, say.engine.session(9))("CONFIG SET maxmemory 1");
    expect(say("EXEC")).toBe(
      "-EXECABORT Transaction discarded because of: OOM command not allowed when used memory > 'maxmemory'.",
    );
  });

  it("reaches replicas as one, without what only reads", () => {
    const [say] = pair();
    const stream: unknown[] = [];
    say.engine.replicate = (db, argv) => stream.push([db, argv.join(" ")]);
    say("MULTI");
    say("SET a 1");
    say("GET a");
    say("INCR a");
    say("EXEC");
    say("MULTI");
    say("INCR a");
    say("EXEC");
    expect(stream).toEqual([
      [NO_DATABASE, "MULTI"],
      [0, "SET a 1"],
      [0, "INCR a"],
      [NO_DATABASE, "EXEC"],
      [0, "INCR a"],
    ]);
  });
});

describe("WATCH", () => {
  const changes: readonly (readonly [change: string, breaks: boolean])[] = [
    ["SET k new", true],
    ["DEL k", true],
    ["EXPIRE k 100", true],
    ["FLUSHALL", true],
    ["SWAPDB 0 1", true],
    ["RENAME k other", true],
    ["GET k", false],
    ["SET unrelated 1", false],
    ["DEL missing", false],
  ];
  it.each(changes)("%s by another client breaks the transaction: %j", (change, breaks) => {
    const [say, other] = pair();
    say("SET k v");
    say("WATCH k");
    other(change);
    say("MULTI");
    say("PING");
    expect(say("EXEC")).toEqual(breaks ? "(nil list)" : ["+PONG"]);
  });

  it("ends with EXEC, DISCARD and UNWATCH", () => {
    const [say, other] = pair();
    for (const end of [["MULTI", "EXEC"], ["MULTI", "DISCARD"], ["UNWATCH"]]) {
      say("WATCH k");
      for (const word of end) say(word);
      other("SET k v");
      say("MULTI");
      say("PING");
      expect(say("EXEC")).toEqual(["+PONG"]);
    }
  });

  it("breaks when a watched key has expired since, not when it was dead before", () => {
    const [say] = pair();
    say("SET k v PX 100");
    say("WATCH k");
    pass(say.engine, 200);
    say("MULTI");
    say("PING");
    expect(say("EXEC")).toBe("(nil list)");
    say.engine.activeExpireEnabled = false;
    say("SET k v PX 100");
    pass(say.engine, 200);
    say("WATCH k");
    say("MULTI");
    say("PING");
    expect(say("EXEC")).toEqual(["+PONG"]);
  });
});
