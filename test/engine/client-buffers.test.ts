// The buffers of a connection as CLIENT LIST and used_memory see them (models/physics.md, 5: 38, 16.6 and 2.27 kB per
// client of 7.0 at once, after two seconds, and from five seconds on).

import { describe, expect, test } from "vitest";
import { clientMemory } from "../../src/engine/clients.ts";
import { Engine } from "../../src/engine/engine.ts";
import { engineProfile } from "../../src/engine/profile.ts";
import { randomFrom } from "../../src/sim/random.ts";

function connected(profile: string) {
  const engine = new Engine({ profile: engineProfile(profile)!, random: randomFrom("buffers"), nowMs: 1_000_000 });
  const base = engine.usedMemory;
  const session = engine.session(1);
  session.deliver = () => undefined;
  engine.bufferedClients.add(session);
  const buffers = session.buffers!;
  const read = (bytes: number, unread = 0, argument = -1) => {
    session.lastActiveMs = engine.nowMs;
    session.queryBytes = unread;
    buffers.received(bytes, unread, argument);
    engine.bufferedClients.account(session);
  };
  const pass = (ms: number) => {
    for (let at = 0; at < ms; at += 100) engine.cron(engine.nowMs + 100);
  };
  return { engine, session, buffers, read, pass, taken: () => engine.usedMemory - base };
}

test("a client of 7.0 that has said something and falls silent", () => {
  const { buffers, read, pass, taken } = connected("redis-7.0");
  read(14);
  buffers.replied(7);
  expect(taken()).toBeGreaterThan(36_000);
  expect(taken()).toBeLessThan(38_500);
  pass(5_000);
  expect(taken()).toBeGreaterThan(2_200);
  expect(taken()).toBeLessThan(2_400);
});

describe("a client of 8.0", () => {
  test("has no query buffer of its own, unless a request is under way", () => {
    const { session, buffers, read, pass } = connected("valkey-8.0");
    read(14);
    expect(buffers.queryRoom).toBe(0);
    read(20, 20);
    expect(buffers.queryRoom).toBe(20_474);
    read(4);
    expect(buffers.queryRoom).toBe(20_474);
    pass(2_500);
    expect(buffers.queryRoom).toBe(20_474);
    pass(1_000);
    expect(buffers.queryRoom).toBe(0);
    expect(session.buffers!.queryBytes).toBe(0);
  });

  test("gets room for a large argument, and loses it while it goes on with small ones", () => {
    const { session, buffers, read, pass } = connected("valkey-8.0");
    read(40, 0, 400_000);
    expect(buffers.queryRoom).toBeGreaterThanOrEqual(400_002);
    expect(clientMemory(session)).toBeGreaterThan(400_002 + 16_384);
    for (let i = 0; i < 10; i++) {
      read(130);
      pass(200);
    }
    expect(buffers.queryRoom).toBeGreaterThan(0);
    expect(buffers.queryRoom).toBeLessThan(400_000);
  });

  test("keeps a reply buffer that follows the peak of what it held", () => {
    const { engine, buffers, pass } = connected("valkey-8.0");
    buffers.replied(5);
    pass(200);
    expect(buffers.replyRoom).toBe(1_024);
    const sizes = [];
    for (let i = 0; i < 5; i++) {
      buffers.replied(40_000);
      pass(100);
      sizes.push(buffers.replyRoom);
    }
    expect(sizes).toEqual([2_048, 4_096, 8_192, 16_384, 16_384]);
    expect([engine.stats.replyBufferShrinks, engine.stats.replyBufferExpands]).toEqual([1, 4]);
  });

  test("leaves nothing in the books when it goes", () => {
    const { engine, session, read, taken } = connected("valkey-8.0");
    read(40, 0, 400_000);
    engine.disconnect(session);
    expect(taken()).toBe(0);
  });
});
