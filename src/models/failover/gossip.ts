// The part of the cluster bus that finds out who is dead (models/physics.md, section 3; rules of Valkey 7.0 and 8.0):
//   every 100 ms   a node's cron
//   every second   it draws five nodes (perhaps itself, perhaps one twice) and pings the one whose pong is oldest
//   always         a pong older than half the timeout forces a ping
//   PFAIL          a ping has been unanswered for the timeout; the flag rides in every ping and pong from then on
//   FAIL           a node that itself sees PFAIL has reports from a majority of primaries; it tells everybody
// A broken connection shortens nothing: kill and freeze look alike.
//
// Pings between living nodes that carry no news make no events: the answer is noted at once. That leaves one event per
// node and cron, whatever the cluster's size.

import type { Simulation } from "../../sim/simulation.ts";
import { NS_PER_MS } from "../../units.ts";
import type { Latency } from "../network.ts";
import type { Node } from "../node.ts";

export const CRON_NS = 100 * NS_PER_MS;
const CRONS_PER_PING = 10;
const DRAWN = 5;
const NEVER = -1;

/** What one node believes about the others; arrays are indexed by node id. */
interface Belief {
  readonly node: Node;
  readonly pongNs: number[];
  /** When the unanswered ping went out; NEVER when none is out. */
  readonly pingNs: number[];
  readonly suspects: Set<number>;
  readonly failed: Set<number>;
  /** Who reported whom as suspect. */
  readonly reports: Map<number, Set<number>>;
  crons: number;
}

export interface GossipOptions {
  readonly timeoutNs: number;
  isPrimary(node: Node): boolean;
  /** Primaries that own slots, dead ones included. */
  primaryCount(): number;
  /** The first node that suspects, and the agreement that somebody is dead. */
  suspected(dead: Node): void;
  agreed(dead: Node): void;
}

export class Gossip {
  private readonly beliefs: Belief[] = [];

  constructor(
    private readonly sim: Simulation,
    private readonly latency: Latency,
    private readonly options: GossipOptions,
  ) {}

  /** A node joins the bus, known to all and knowing all. */
  join(node: Node): void {
    const random = this.sim.random(`${node.name}/gossip`);
    const belief: Belief = {
      node,
      pongNs: [],
      pingNs: [],
      suspects: new Set(),
      failed: new Set(),
      reports: new Map(),
      crons: random.below(CRONS_PER_PING),
    };
    // Ages of the last pongs as if the cluster had been running: below half the timeout.
    const age = () => Math.floor(random.next() * (this.options.timeoutNs / 2));
    for (const other of this.beliefs) {
      belief.pongNs[other.node.id] = this.sim.now - age();
      belief.pingNs[other.node.id] = NEVER;
      other.pongNs[node.id] = this.sim.now - age();
      other.pingNs[node.id] = NEVER;
    }
    this.beliefs.push(belief);
    const tick = () => {
      if (node.state === "up") this.cron(belief);
      this.sim.after(CRON_NS, "gossip", tick);
    };
    this.sim.after(1 + random.below(CRON_NS), "gossip", tick);
  }

  /** A node has come back: nobody suspects it any more. */
  returned(node: Node): void {
    for (const belief of this.beliefs) {
      belief.suspects.delete(node.id);
      belief.failed.delete(node.id);
      belief.reports.delete(node.id);
      belief.pingNs[node.id] = NEVER;
      belief.pongNs[node.id] = this.sim.now;
    }
  }

  private cron(me: Belief): void {
    const { now } = this.sim;
    const { timeoutNs } = this.options;
    me.crons++;
    if (me.crons % CRONS_PER_PING === 0) this.pingOldest(me);
    for (const other of this.beliefs) {
      const id = other.node.id;
      if (other === me) continue;
      if (me.pingNs[id] === NEVER) {
        if (now - me.pongNs[id] > timeoutNs / 2) this.ping(me, other);
      } else if (now - me.pingNs[id] > timeoutNs && !me.suspects.has(id) && !me.failed.has(id)) {
        me.suspects.add(id);
        this.options.suspected(other.node);
        this.judge(me, other.node);
      }
    }
  }

  private pingOldest(me: Belief): void {
    const random = this.sim.random(`${me.node.name}/gossip`);
    let oldest: Belief | null = null;
    for (let i = 0; i < DRAWN; i++) {
      const drawn = this.beliefs[random.below(this.beliefs.length)];
      const id = drawn.node.id;
      if (drawn === me || me.pingNs[id] !== NEVER) continue;
      if (oldest === null || me.pongNs[id] < me.pongNs[oldest.node.id]) oldest = drawn;
    }
    if (oldest !== null) this.ping(me, oldest);
  }

  private ping(from: Belief, to: Belief): void {
    const { sim, latency } = this;
    if (to.node.state !== "up") {
      from.pingNs[to.node.id] = sim.now;
      return;
    }
    const there = latency.oneWayNs(from.node.zone, to.node.zone);
    const back = latency.oneWayNs(to.node.zone, from.node.zone);
    from.pongNs[to.node.id] = sim.now + there + back;
    if (from.suspects.size > 0) sim.after(there, "gossip/ping", () => this.hear(to, from));
    if (to.suspects.size > 0) sim.after(there + back, "gossip/pong", () => this.hear(from, to));
  }

  /** `me` learns whom `from` suspects; only primaries' suspicions count as reports. */
  private hear(me: Belief, from: Belief): void {
    if (me.node.state !== "up" || !this.options.isPrimary(from.node)) return;
    for (const id of from.suspects) {
      if (id === me.node.id) continue;
      const reports = me.reports.get(id) ?? new Set();
      reports.add(from.node.id);
      me.reports.set(id, reports);
      const dead = this.beliefs.find(belief => belief.node.id === id)!.node;
      this.judge(me, dead);
    }
  }

  /** FAIL when this node suspects too and a majority of primaries has reported. */
  private judge(me: Belief, dead: Node): void {
    const id = dead.id;
    if (!me.suspects.has(id) || me.failed.has(id)) return;
    const reports = (me.reports.get(id)?.size ?? 0) + (this.options.isPrimary(me.node) ? 1 : 0);
    if (reports < Math.floor(this.options.primaryCount() / 2) + 1) return;
    this.markFailed(me, id);
    this.options.agreed(dead);
    for (const other of this.beliefs) {
      if (other === me || other.node.state !== "up") continue;
      const delay = this.latency.oneWayNs(me.node.zone, other.node.zone);
      this.sim.after(delay, "gossip/fail", () => this.markFailed(other, id));
    }
  }

  private markFailed(belief: Belief, id: number): void {
    belief.suspects.delete(id);
    belief.failed.add(id);
  }
}
