// Calls that wait: who is served first, what wakes, what a timeout answers; and that a parked connection can be let go.

import { describe, expect, it } from "vitest";
import type { Engine } from "../../src/engine/engine.ts";
import { pass, type Talk, talkTo, testEngine } from "./harness.ts";
import { type Wire, wire } from "./wire.ts";

interface Client extends Talk {
  /** What came without a call of its own under way. */
  readonly late: Wire[];
}

let nextId = 10;

function client(engine: Engine): Client {
  const session = engine.session(nextId++);
  const late: Wire[] = [];
  session.deliver = reply => late.push(wire(reply));
  return Object.assign(talkTo(engine, session), { late });
}

function engineWith(count: number): Client[] {
  const engine = testEngine({ profile: "valkey-8.0" });
  return Array.from({ length: count }, () => client(engine));
}

const PARKED = "(blocked)";

describe("BLPOP", () => {
  it("waits for a push, and the first who came is served first", () => {
    const [a, b, pusher] = engineWith(3);
    expect(a("BLPOP l 0")).toBe(PARKED);
    expect(b("BLPOP l 0")).toBe(PARKED);
    expect(pusher("RPUSH l 1")).toBe(":1");
    expect([a.late, b.late]).toEqual([[["$l", "$1"]], []]);
    pusher("RPUSH l 2 3");
    expect(b.late).toEqual([["$l", "$2"]]);
    expect(pusher("LRANGE l 0 -1")).toEqual(["$3"]);
  });

  it("answers nothing when its time is over", () => {
    const [a] = engineWith(1);
    a("BLPOP l 0.1");
    expect(a.engine.blocking.nextDeadlineMs()).toBe(a.engine.nowMs + 100);
    pass(a.engine, 99);
    a.engine.endTurn();
    expect(a.late).toEqual([]);
    pass(a.engine, 1);
    a.engine.endTurn();
    expect(a.late).toEqual(["(nil list)"]);
    expect(a.engine.blocking.count).toBe(0);
  });

  it("tells its own connection of what it changed after the reply, at once", () => {
    const [a, pusher] = engineWith(2);
    a("HELLO 3");
    a("CLIENT TRACKING ON");
    pusher("RPUSH to 1");
    a("LRANGE to 0 -1");
    a("BLMOVE from to LEFT LEFT 0");
    pusher("RPUSH from 2");
    expect(a.late).toEqual(["$2", ["$invalidate", ["$to"]]]);
  });

  it("does not wait in a transaction", () => {
    const [a] = engineWith(1);
    a("MULTI");
    a("BLPOP l 0");
    expect(a("EXEC")).toEqual(["(nil list)"]);
  });

  it("is woken by a push in a transaction once that is over, and sees all of it", () => {
    const [a, b] = engineWith(2);
    a("BLPOP l 0");
    b("MULTI");
    b("LPUSH l 1");
    b("LPUSH l 2");
    b("EXEC");
    expect(a.late).toEqual([["$l", "$2"]]);
  });

  it("is not woken by a key of another type, nor by one that is gone again", () => {
    const [a, b] = engineWith(2);
    a("BLPOP k 0");
    b("SADD k x");
    b("DEL k");
    b("MULTI");
    b("RPUSH k 1");
    b("DEL k");
    b("EXEC");
    expect(a.late).toEqual([]);
    b("RPUSH other 1");
    b("RENAME other k");
    expect(a.late).toEqual([["$k", "$1"]]);
  });

  it("reaches replicas as the pop that it was", () => {
    const [a, b] = engineWith(2);
    a("BLPOP l 0");
    const stream: string[] = [];
    a.engine.replicate = (_db, argv) => stream.push(argv.join(" "));
    b("RPUSH l 1");
    expect(stream).toEqual(["RPUSH l 1", "LPOP l"]);
  });
});

describe("BLMOVE", () => {
  it("hands on to who waits on the destination", () => {
    const [a, b, c] = engineWith(3);
    a("BLMOVE one two LEFT RIGHT 0");
    b("BLPOP two 0");
    c("RPUSH one x");
    expect([a.late, b.late]).toEqual([["$x"], [["$two", "$x"]]]);
  });
});

describe("a parked connection", () => {
  it("can be unblocked with the timeout's answer or an error", () => {
    const [a, b, c] = engineWith(3);
    a("BLPOP l 0");
    b("BLPOP l 0");
    expect(c(`CLIENT UNBLOCK ${a.session.id}`)).toBe(":1");
    expect(c(`CLIENT UNBLOCK ${b.session.id} ERROR`)).toBe(":1");
    expect(c(`CLIENT UNBLOCK ${a.session.id}`)).toBe(":0");
    expect([a.late, b.late]).toEqual([["(nil list)"], ["-UNBLOCKED client unblocked via CLIENT UNBLOCK"]]);
  });

  it("that goes leaves the queue", () => {
    const [a, b, c] = engineWith(3);
    a("BLPOP l 0");
    b("BLPOP l 0");
    a.engine.disconnect(a.session);
    c("RPUSH l 1");
    expect([a.late, b.late]).toEqual([[], [["$l", "$1"]]]);
  });
});

describe("CLIENT PAUSE", () => {
  it("puts off what writes, and lets it run in order when it is over", () => {
    const [a, b] = engineWith(2);
    a("CLIENT PAUSE 1000 WRITE");
    expect(b("SET k 1")).toBe(PARKED);
    expect(a("GET k")).toBe("(nil)");
    pass(a.engine, 1_000);
    a.engine.endTurn();
    expect(b.late).toEqual(["+OK"]);
    expect(a("GET k")).toBe("$1");
  });

  it("is neither shortened nor weakened by another one, and ends by UNPAUSE", () => {
    const [a, b] = engineWith(2);
    a("CLIENT PAUSE 10000 WRITE");
    a("CLIENT PAUSE 10");
    pass(a.engine, 100);
    a.engine.endTurn();
    expect(b("GET k")).toBe(PARKED);
    b.engine.pause.end();
    expect(b.late).toEqual(["(nil)"]);
  });
});
