// Channels, patterns, keyspace notifications and client-side caching: who is told what, in which order.

import { describe, expect, it } from "vitest";
import type { Engine } from "../../src/engine/engine.ts";
import { encodeReply } from "../../src/engine/resp/writer.ts";
import { type Talk, talkTo, testEngine } from "./harness.ts";
import { type Wire, wire } from "./wire.ts";

interface Client extends Talk {
  readonly got: Wire[];
  /** The same as bytes in the connection's protocol. */
  readonly bytes: string[];
}

let nextId = 100;

function client(engine: Engine): Client {
  const session = engine.session(nextId++);
  const got: Wire[] = [];
  const bytes: string[] = [];
  session.deliver = reply => {
    got.push(wire(reply));
    bytes.push(encodeReply(reply, session.resp));
  };
  return Object.assign(talkTo(engine, session), { got, bytes });
}

function clients(count: number): Client[] {
  const engine = testEngine({ profile: "valkey-8.0" });
  return Array.from({ length: count }, () => client(engine));
}

describe("channels", () => {
  it("confirm each subscription with the number held, and deliver by channel before pattern", () => {
    const [a, b] = clients(2);
    expect(a("SUBSCRIBE x y x")).toEqual([
      ["$subscribe", "$x", ":1"],
      ["$subscribe", "$y", ":2"],
      ["$subscribe", "$x", ":2"],
    ]);
    expect(a("PSUBSCRIBE x*")).toEqual([["$psubscribe", "$x*", ":3"]]);
    expect(b("PUBLISH x hi")).toBe(":2");
    expect(a.got).toEqual([
      ["$message", "$x", "$hi"],
      ["$pmessage", "$x*", "$x", "$hi"],
    ]);
    expect(a("UNSUBSCRIBE")).toEqual([
      ["$unsubscribe", "$x", ":2"],
      ["$unsubscribe", "$y", ":1"],
    ]);
    expect(a("PUNSUBSCRIBE nothing")).toEqual([["$punsubscribe", "$nothing", ":1"]]);
  });

  it("leave a RESP2 connection little else, and a RESP3 connection everything", () => {
    const [a] = clients(1);
    a("SUBSCRIBE x");
    expect(a("GET k")).toBe(
      "-ERR Can't execute 'get': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context",
    );
    expect(a("PING")).toEqual(["$pong", "$"]);
    a.session.resp = 3;
    expect(a("GET k")).toBe("(nil)");
  });

  it("send a RESP3 connection its own message after the reply, as a push", () => {
    const [a] = clients(1);
    a.session.resp = 3;
    a("SUBSCRIBE x");
    expect(a("PUBLISH x hi")).toBe(":1");
    expect(a.got).toEqual([]);
    expect(a.session.takeHeld().map(reply => encodeReply(reply, 3))).toEqual([
      ">3\r\n$7\r\nmessage\r\n$1\r\nx\r\n$2\r\nhi\r\n",
    ]);
  });

  it("are counted, and forgotten with the connection", () => {
    const [a, b] = clients(2);
    a("SUBSCRIBE x y");
    a("PSUBSCRIBE p*");
    a("SSUBSCRIBE s");
    expect(b("PUBSUB CHANNELS")).toEqual(["$x", "$y"]);
    expect(b("PUBSUB CHANNELS x*")).toEqual(["$x"]);
    expect(b("PUBSUB NUMSUB x z")).toEqual(["$x", ":1", "$z", ":0"]);
    expect(b("PUBSUB NUMPAT")).toBe(":1");
    expect(b("PUBSUB SHARDCHANNELS")).toEqual(["$s"]);
    expect(b("SPUBLISH s m")).toBe(":1");
    b.engine.disconnect(a.session);
    expect([b("PUBSUB CHANNELS"), b("PUBSUB NUMPAT"), b("PUBLISH x m")]).toEqual([[], ":0", ":0"]);
  });
});

describe("keyspace notifications", () => {
  it("are sent for the classes asked for", () => {
    const [a, b] = clients(2);
    expect(b("CONFIG SET notify-keyspace-events KEg$")).toBe("+OK");
    a("PSUBSCRIBE __key*");
    b("SET k 1");
    b("LPUSH l 1");
    b("DEL k");
    expect(a.got.map(one => (one as string[]).slice(2))).toEqual([
      ["$__keyspace@0__:k", "$set"],
      ["$__keyevent@0__:set", "$k"],
      ["$__keyspace@0__:k", "$del"],
      ["$__keyevent@0__:del", "$k"],
    ]);
  });

  it("tell of keys that are new, whatever made them", () => {
    const [a, b] = clients(2);
    b("CONFIG SET notify-keyspace-events En");
    a("PSUBSCRIBE *");
    b("SET k 1");
    b("SET k 2");
    b("SADD s x");
    expect(a.got.map(one => (one as string[]).slice(2))).toEqual([
      ["$__keyevent@0__:new", "$k"],
      ["$__keyevent@0__:new", "$s"],
    ]);
  });

  it.each([
    ["AKE", "AKE"],
    ["KA", "AK"],
    ["Kg$lshzxetdm", "AKm"],
    ["", ""],
    ["Elg", "glE"],
  ])("%j reads back as %j", (given, canonical) => {
    const [a] = clients(1);
    a("CONFIG", "SET", "notify-keyspace-events", given);
    expect(a("CONFIG GET notify-keyspace-events")).toEqual(["$notify-keyspace-events", `$${canonical}`]);
  });
});

describe("client-side caching", () => {
  const invalidation = (...keys: string[]) =>
    `>2\r\n$10\r\ninvalidate\r\n*${keys.length}\r\n${keys.map(key => `$${key.length}\r\n${key}\r\n`).join("")}`;

  it("tells a reader once that a key of its has changed", () => {
    const [a, b] = clients(2);
    a.session.resp = 3;
    a("CLIENT TRACKING ON");
    a("GET k");
    b("SET k 1");
    b("SET k 2");
    expect(a.bytes).toEqual([invalidation("k")]);
  });

  it("tells RESP2 connections through another one that listens", () => {
    const [a, b, c] = clients(3);
    b("SUBSCRIBE __redis__:invalidate");
    a(`CLIENT TRACKING ON REDIRECT ${b.session.id}`);
    a("GET k");
    c("SET k 1");
    expect(b.got).toEqual([["$message", "$__redis__:invalidate", ["$k"]]]);
    c("FLUSHALL");
    expect(b.got[1]).toEqual(["$message", "$__redis__:invalidate", "(nil)"]);
  });

  it("in broadcast mode tells of all keys under the prefixes, gathered by turn", () => {
    const [a, b] = clients(2);
    a.session.resp = 3;
    a("CLIENT TRACKING ON BCAST PREFIX user: PREFIX item:");
    b("SET user:1 x");
    b("SET user:2 x");
    b("SET other x");
    expect(a.bytes).toEqual([]);
    b.engine.endTurn();
    expect(a.bytes).toEqual([invalidation("user:1", "user:2")]);
  });

  it("respects OPTIN, OPTOUT and NOLOOP", () => {
    const [a, b] = clients(2);
    a.session.resp = 3;
    a("CLIENT TRACKING ON OPTIN NOLOOP");
    a("GET x");
    a("CLIENT CACHING YES");
    a("GET y");
    a("GET z");
    for (const key of ["x", "y", "z"]) b(`SET ${key} 1`);
    expect(a.bytes).toEqual([invalidation("y")]);
    a("CLIENT CACHING YES");
    a("GET y");
    a("SET y 2");
    expect(a.session.takeHeld()).toEqual([]);
    expect(a("CLIENT TRACKINGINFO")).toEqual([
      "$flags",
      ["$on", "$optin", "$noloop"],
      "$redirect",
      ":0",
      "$prefixes",
      [],
    ]);
  });

  it("keeps its table below the limit by invalidating", () => {
    const [a] = clients(1);
    a.session.resp = 3;
    a("CONFIG SET tracking-table-max-keys 2");
    a("CLIENT TRACKING ON");
    a("MGET a b c d");
    a.engine.endTurn();
    expect(a.engine.tracking.keys).toBe(2);
    expect(a.bytes).toEqual([invalidation("a"), invalidation("b")]);
  });
});
