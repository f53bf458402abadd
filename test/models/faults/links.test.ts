// Faults between parties: what gets through, when, and what TCP makes of a lost packet.

import { describe, expect, it } from "vitest";
import { clientsIn, type LinkFault, Links } from "../../../src/models/faults/links.ts";
import { Simulation } from "../../../src/sim/simulation.ts";

const CUT = { loss: 1, extraNs: 0, jitterNs: 0 };

function network(seed = 1) {
  const sim = new Simulation(seed);
  const arrivals: number[] = [];
  const target = sim.register(() => arrivals.push(sim.now));
  let active: Links | null = null;
  const links = new Links(sim, sim.random("faults"), 200e6, now => {
    active = now;
  });
  const send = (from: number, to: number, followed = false) => links.carry(from, to, 1_000, followed, target, 0, 0, 0);
  return { sim, links, arrivals, send, isActive: () => active !== null };
}

const between =
  (a: number, b: number): LinkFault["covers"] =>
  (from, to) =>
    from === a && to === b;

describe("a cut", () => {
  it("holds for one direction only, and is over when it is lifted", () => {
    const { links, isActive } = network();
    const heal = links.add({ covers: between(1, 2), ...CUT });
    expect([links.passes(1, 2), links.passes(2, 1), links.passes(1, 3)]).toEqual([false, true, true]);
    expect(links.connects(2, 1)).toBe(false);
    expect(isActive()).toBe(true);
    heal();
    heal();
    expect(links.passes(1, 2)).toBe(true);
    expect(isActive()).toBe(false);
  });

  it("delivers with the first retransmission after it has healed: 0.2, 0.6, 1.4, 3, 6.2 s after the packet", () => {
    const { sim, links, arrivals, send } = network();
    const heal = links.add({ covers: between(1, clientsIn(0)), ...CUT });
    send(1, clientsIn(0));
    sim.after(2e9, "heal", heal);
    sim.run(10e9);
    expect(arrivals).toEqual([3e9 + 1_000]);
  });

  it("is probed after 10 ms where more packets follow, then as ever", () => {
    const { sim, links, arrivals, send } = network();
    const heal = links.add({ covers: () => true, ...CUT });
    send(1, 2, true);
    sim.after(5e6, "heal", heal);
    sim.run(1e9);
    expect(arrivals).toEqual([10e6 + 1_000]);
  });

  it("makes the sender give up after 15 retransmissions, some fifteen minutes", () => {
    const { sim, links, arrivals, send } = network();
    const heal = links.add({ covers: () => true, ...CUT });
    send(1, 2);
    // The last one after 0.2 * (1 + 2 + … + 512) + 5 * 120 s; two minutes later the connection is broken.
    sim.run(804e9);
    expect(sim.nextTime).toBe(804.6e9);
    sim.run(805e9);
    expect(sim.nextTime).toBe(Number.POSITIVE_INFINITY);
    heal();
    sim.run(2_000e9);
    expect(arrivals).toEqual([]);
  });
});

describe("loss", () => {
  it("delays a share p of the packets by 200 ms, p^2 by 600 ms", () => {
    const { sim, links, arrivals, send } = network();
    links.add({ covers: () => true, loss: 0.1, extraNs: 0, jitterNs: 0 });
    const packets = 20_000;
    for (let i = 0; i < packets; i++) send(1, 2);
    sim.run(100e9);
    expect(arrivals).toHaveLength(packets);
    const later = (ns: number) => arrivals.filter(at => at >= ns).length / packets;
    // Three standard deviations of a share of 0.1 and 0.01 in 20,000.
    expect(Math.abs(later(200e6) - 0.1)).toBeLessThan(0.0064);
    expect(Math.abs(later(600e6) - 0.01)).toBeLessThan(0.0022);
  });

  it("of two faults adds up as chances do, and delays add up", () => {
    const { sim, links, arrivals, send } = network();
    links.add({ covers: () => true, loss: 0.5, extraNs: 2e6, jitterNs: 0 });
    links.add({ covers: () => true, loss: 0.5, extraNs: 3e6, jitterNs: 0 });
    for (let i = 0; i < 4_000; i++) send(1, 2);
    sim.run(1_000e9);
    const atOnce = arrivals.filter(at => at < 100e6);
    expect(atOnce.length / 4_000).toBeCloseTo(0.25, 1);
    expect(new Set(atOnce)).toEqual(new Set([5e6 + 1_000]));
  });

  it("of the first two packets that open a connection lets it come to nothing; for a lost third one 200 ms pass", () => {
    const { links } = network();
    links.add({ covers: between(1, 2), loss: 0.3, extraNs: 0, jitterNs: 0 });
    const extras = Array.from({ length: 5_000 }, () => links.openingNs(1, 2));
    expect(extras.filter(ns => ns === null).length / 5_000).toBeCloseTo(0.3, 1);
    expect(extras.filter(ns => ns === 0).length / 5_000).toBeCloseTo(0.49, 1);
    expect(Math.min(...extras.filter(ns => ns !== null && ns > 0).map(Number))).toBe(200e6);
  });
});
