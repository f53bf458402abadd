// The part of the cluster bus that finds out who is dead (models/physics.md, section 3; rules of Valkey 7.0 and 8.0):
//   every 100 ms   a node's cron
//   every second   it draws five nodes (perhaps itself, perhaps one twice) and pings the one whose pong is oldest
//   always         a pong older than half the timeout forces a ping
//   PFAIL          a ping has been unanswered for the timeout; the flag rides in every ping and pong from then on
//   FAIL           a node that itself sees PFAIL has reports from a majority of primaries; it tells everybody it reaches
//   no more        an answer lifts PFAIL; it lifts FAIL at once from who leads no slots, else twice the timeout later.
//                  A report counts for twice the timeout
//   CLUSTERDOWN    answers a node that reaches a minority of the primaries, and, with cluster-require-full-coverage, one
//                  that sees FAIL on a primary. A primary leaves a minority with a delay: the timeout, 0.5 to 5 s
// A broken connection shortens nothing: kill and freeze look alike. A bus link that a fault has broken is rebuilt at the
// first cron at which both reach each other.
//
// Pings between living nodes that carry no news make no events: the answer is noted at once. That leaves one event per
// node and cron, whatever the cluster's size.

import type { Random } from "../../sim/random.ts";
import type { Simulation } from "../../sim/simulation.ts";
import { NS_PER_MS, NS_PER_SECOND } from "../../units.ts";
import type { Latency } from "../network.ts";
import type { Node } from "../node.ts";

export const CRON_NS = 100 * NS_PER_MS;
const CRONS_PER_PING = 10;
const DRAWN = 5;
const NEVER = -1;
/** Times of the timeout: for a report, and for FAIL on a primary that answers again. */
const VALIDITY = 2;
const REJOIN_LEAST_NS = 500 * NS_PER_MS;
const REJOIN_MOST_NS = 5 * NS_PER_SECOND;

/** What one node believes about the others; arrays are indexed by node id. */
interface Belief {
  readonly node: Node;
  readonly random: Random;
  readonly pongNs: number[];
  /** When the unanswered ping went out; NEVER when none is out. */
  readonly pingNs: number[];
  readonly suspects: Set<number>;
  /** Since when. */
  readonly failed: Map<number, number>;
  /** Who reported whom as suspect, and when last. */
  readonly reports: Map<number, Map<number, number>>;
  crons: number;
  inMinority: boolean;
  leftMinorityNs: number;
}

export interface GossipOptions {
  readonly timeoutNs: number;
  readonly requireFullCoverage: boolean;
  /** Primaries that own slots, dead ones included, as a node knows them. */
  primariesFor(node: Node): readonly Node[];
  /** A node begins to suspect another one. */
  suspected(dead: Node): void;
  /** A node knows that another one is dead. */
  failed(node: Node, dead: Node): void;
  /** Nobody suspects this one any more. */
  cleared(node: Node): void;
}

export class Gossip {
  private beliefs: readonly Belief[] = [];
  private readonly byId: Belief[] = [];

  constructor(
    private readonly sim: Simulation,
    private readonly latency: Latency,
    private readonly options: GossipOptions,
  ) {}

  /** A node joins the bus, known to all and knowing all. */
  join(node: Node): void {
    const random = this.sim.random(`${node.name}/gossip`);
    if (this.byId[node.id] !== undefined) return;
    const belief: Belief = {
      node,
      random,
      pongNs: [],
      pingNs: [],
      suspects: new Set(),
      failed: new Map(),
      reports: new Map(),
      crons: random.below(CRONS_PER_PING),
      inMinority: false,
      leftMinorityNs: Number.NEGATIVE_INFINITY,
    };
    // Ages of the last pongs as if the cluster had been running: below half the timeout.
    const age = () => Math.floor(random.next() * (this.options.timeoutNs / 2));
    for (const other of this.beliefs) {
      belief.pongNs[other.node.id] = this.sim.now - age();
      belief.pingNs[other.node.id] = NEVER;
      other.pongNs[node.id] = this.sim.now - age();
      other.pingNs[node.id] = NEVER;
    }
    this.beliefs = [...this.beliefs, belief];
    this.byId[node.id] = belief;
    const tick = () => {
      if (node.state === "removed") return;
      if (node.state === "up") this.cron(belief);
      this.sim.after(CRON_NS, "gossip", tick);
    };
    this.sim.after(1 + random.below(CRON_NS), "gossip", tick);
  }

  /** A node is forgotten by all: it has been taken out of service. */
  leave(node: Node): void {
    this.beliefs = this.beliefs.filter(belief => belief.node !== node);
    for (const { suspects, failed, reports } of this.beliefs) {
      suspects.delete(node.id);
      failed.delete(node.id);
      reports.delete(node.id);
    }
  }

  /** Whether a node knows that another one is dead. */
  hasFailed(node: Node, dead: Node): boolean {
    return this.byId[node.id].failed.has(dead.id);
  }

  /** A node has come back: nobody suspects it any more, and it begins anew. */
  returned(node: Node): void {
    const { now } = this.sim;
    for (const belief of this.beliefs) {
      belief.suspects.delete(node.id);
      belief.failed.delete(node.id);
      belief.reports.delete(node.id);
      belief.pingNs[node.id] = NEVER;
      belief.pongNs[node.id] = now;
      this.judgeHealth(belief);
    }
    const own = this.byId[node.id];
    own.suspects.clear();
    own.failed.clear();
    own.reports.clear();
    for (const { node: other } of this.beliefs) {
      own.pingNs[other.id] = NEVER;
      own.pongNs[other.id] = now;
    }
    this.options.cleared(node);
  }

  private cron(me: Belief): void {
    const { now } = this.sim;
    const { timeoutNs } = this.options;
    me.crons++;
    if (me.crons % CRONS_PER_PING === 0) this.pingOldest(me);
    for (const other of this.beliefs) {
      const { id } = other.node;
      if (other === me) continue;
      if (me.pingNs[id] === NEVER) {
        if (now - me.pongNs[id] > timeoutNs / 2) this.ping(me, other);
      } else if (other.node.state === "up" && this.extraNs(me, other) !== null) {
        this.answered(me, other);
      } else if (now - me.pingNs[id] > timeoutNs && !me.suspects.has(id) && !me.failed.has(id)) {
        me.suspects.add(id);
        this.options.suspected(other.node);
        this.judge(me, other.node);
        this.judgeHealth(me);
      }
    }
    if (me.suspects.size > 0 || me.failed.size > 0 || me.node.clusterDown) this.judgeHealth(me);
  }

  private pingOldest(me: Belief): void {
    const { random } = me;
    let oldest: Belief | null = null;
    for (let i = 0; i < DRAWN; i++) {
      const drawn = this.beliefs[random.below(this.beliefs.length)];
      const { id } = drawn.node;
      if (drawn === me || me.pingNs[id] !== NEVER) continue;
      if (oldest === null || me.pongNs[id] < me.pongNs[oldest.node.id]) oldest = drawn;
    }
    if (oldest !== null) this.ping(me, oldest);
  }

  /** What faults add to a ping and its pong; null when there is no answer. */
  private extraNs(from: Belief, to: Belief): number | null {
    const { faults } = this.latency;
    return faults === null ? 0 : faults.exchangeNs(from.node.id, to.node.id, 2);
  }

  private ping(from: Belief, to: Belief): void {
    const { sim, latency } = this;
    const extra = to.node.state === "up" ? this.extraNs(from, to) : null;
    if (extra === null) {
      from.pingNs[to.node.id] = sim.now;
      return;
    }
    const there = latency.oneWayNs(from.node.zone, to.node.zone);
    const back = latency.oneWayNs(to.node.zone, from.node.zone) + extra;
    from.pongNs[to.node.id] = sim.now + there + back;
    if (this.hasNews(from, to)) sim.after(there, "gossip/ping", () => this.hear(to, from));
    if (this.hasNews(to, from)) sim.after(there + back, "gossip/pong", () => this.hear(from, to));
  }

  /** Suspicions, and deaths that the other one has not heard of. */
  private hasNews(from: Belief, to: Belief): boolean {
    if (from.suspects.size > 0) return true;
    for (const id of from.failed.keys()) if (!to.failed.has(id)) return true;
    return false;
  }

  /** A ping that had been out for some time is answered. */
  private answered(me: Belief, other: Belief): void {
    const { now } = this.sim;
    const { id } = other.node;
    me.pingNs[id] = NEVER;
    me.pongNs[id] = now;
    me.suspects.delete(id);
    const since = me.failed.get(id);
    const leads = this.options.primariesFor(me.node).includes(other.node);
    if (since !== undefined) {
      // Asked again at the next cron.
      if (leads && now - since <= VALIDITY * this.options.timeoutNs) me.pingNs[id] = now;
      else me.failed.delete(id);
    }
    this.judgeHealth(me);
    if (this.beliefs.every(one => !one.suspects.has(id) && !one.failed.has(id))) this.options.cleared(other.node);
  }

  /** `me` learns whom `from` suspects; only primaries' suspicions count as reports. */
  private hear(me: Belief, from: Belief): void {
    if (me.node.state !== "up" || !this.isPrimary(from.node)) return;
    for (const id of [...from.suspects, ...from.failed.keys()]) {
      if (id === me.node.id) continue;
      const reports = me.reports.get(id) ?? new Map<number, number>();
      reports.set(from.node.id, this.sim.now);
      me.reports.set(id, reports);
      this.judge(me, this.byId[id].node);
    }
  }

  private isPrimary(node: Node): boolean {
    return this.options.primariesFor(node).includes(node);
  }

  /** FAIL when this node suspects too and a majority of primaries has reported. */
  private judge(me: Belief, dead: Node): void {
    const { id } = dead;
    if (!me.suspects.has(id) || me.failed.has(id)) return;
    const validFrom = this.sim.now - VALIDITY * this.options.timeoutNs;
    let reports = this.isPrimary(me.node) ? 1 : 0;
    for (const atNs of me.reports.get(id)?.values() ?? []) if (atNs >= validFrom) reports++;
    if (reports < majority(this.options.primariesFor(me.node).length)) return;
    this.markFailed(me, id);
    for (const other of this.beliefs) {
      if (other === me || other.node.state !== "up" || other.node === dead) continue;
      const { faults } = this.latency;
      if (faults !== null && !faults.passes(me.node.id, other.node.id)) continue;
      const delay = this.latency.oneWayNs(me.node.zone, other.node.zone);
      this.sim.after(delay, "gossip/fail", () => this.markFailed(other, id));
    }
  }

  private markFailed(belief: Belief, id: number): void {
    belief.suspects.delete(id);
    if (belief.failed.has(id) || belief.node.state !== "up") return;
    belief.failed.set(id, this.sim.now);
    // Its answer lifts the mark: somebody has to ask.
    if (belief.pingNs[id] === NEVER) belief.pingNs[id] = this.sim.now;
    this.judgeHealth(belief);
    this.options.failed(belief.node, this.byId[id].node);
  }

  /** Whether the node serves. */
  private judgeHealth(me: Belief): void {
    const { node } = me;
    const { now } = this.sim;
    const primaries = this.options.primariesFor(node);
    let reached = 0;
    let isFailed = false;
    for (const { id } of primaries) {
      if (me.failed.has(id)) isFailed = true;
      else if (!me.suspects.has(id)) reached++;
    }
    const inMinority = reached < majority(primaries.length);
    if (me.inMinority && !inMinority) me.leftMinorityNs = now;
    me.inMinority = inMinority;
    const delay = Math.min(REJOIN_MOST_NS, Math.max(REJOIN_LEAST_NS, this.options.timeoutNs));
    const isRejoining = now - me.leftMinorityNs < delay && primaries.includes(node);
    node.clusterDown = inMinority || isRejoining || (isFailed && this.options.requireFullCoverage);
  }
}

/** More than half. */
export function majority(count: number): number {
  return Math.floor(count / 2) + 1;
}
