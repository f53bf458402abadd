// Who has heard of the latest change of roles. Nodes that can reach each other learn of one at the instant it happens; a
// node that is cut off from the one that announces it, or stands still, goes on with what it knew: its outlook.
//
//   it learns   at the first cron of the cluster bus (100 ms) at which it and an informed node reach each other: pings
//               carry who owns what since which epoch
//   meanwhile   it answers clients by its outlook. A primary that has been deposed goes on serving (split brain), until
//               it finds itself in a minority (upstream: after cluster-node-timeout) or is fenced (managed)

import type { Simulation } from "../sim/simulation.ts";
import { NS_PER_MS } from "../units.ts";
import type { Shard } from "./cluster.ts";
import type { SlotTable } from "./cluster-slots.ts";
import type { Latency } from "./network.ts";
import type { Node } from "./node.ts";

const CRON_NS = 100 * NS_PER_MS;

/** What a node believes of the cluster, by shard. */
export interface Outlook {
  readonly primaries: readonly Node[];
  readonly replicas: readonly (readonly Node[])[];
  readonly slots: Int16Array;
}

export function outlookOf(shards: readonly Shard[], slots: SlotTable): Outlook {
  return {
    primaries: shards.map(shard => shard.primary),
    replicas: shards.map(shard => [...shard.replicas]),
    slots: slots.snapshot(),
  };
}

export class Hearsay {
  /** Nodes that live in the past. */
  private readonly behind = new Set<Node>();
  private isAwake = false;

  constructor(
    private readonly nodes: readonly Node[],
    private readonly shards: readonly Shard[],
    private readonly slots: SlotTable,
    private readonly sim: Simulation,
    private readonly latency: Latency,
    /** A node has heard of everything that it missed. */
    private readonly onInformed: (node: Node) => void,
  ) {}

  /** What everybody knows before a change, to be kept by those who miss it; null when nobody can. */
  before(): Outlook | null {
    const isWhole = this.latency.faults === null && this.nodes.every(node => node.state !== "frozen");
    return isWhole ? null : outlookOf(this.shards, this.slots);
  }

  /** A node announces a change of roles. */
  announce(by: Node, before: Outlook | null): void {
    if (before === null) return;
    const { faults } = this.latency;
    for (const node of this.nodes) {
      if (node === by || node.outlook !== null || (node.state !== "up" && node.state !== "frozen")) continue;
      if (node.state === "up" && (faults === null || faults.connects(by.id, node.id))) continue;
      node.outlook = before;
      this.behind.add(node);
    }
    if (this.behind.size > 0 && !this.isAwake) this.sleep();
  }

  /** Slots change hands between two shards: their nodes know, whatever roles they have missed. */
  handOver(given: readonly number[], from: number, to: number): void {
    for (const slot of given) this.slots.assign(slot, to);
    for (const node of this.behind) {
      if (node.shard !== from && node.shard !== to) continue;
      const slots = node.outlook!.slots.slice();
      for (const slot of given) slots[slot] = to;
      node.outlook = { ...node.outlook!, slots };
    }
  }

  private sleep(): void {
    this.isAwake = true;
    this.sim.after(CRON_NS, "hearsay", () => this.look());
  }

  private look(): void {
    this.isAwake = false;
    const { faults } = this.latency;
    for (const node of [...this.behind]) {
      if (node.state === "down" || node.state === "lost") this.forget(node);
      if (node.state !== "up") continue;
      const informs = (other: Node) =>
        other.state === "up" && other.outlook === null && (faults === null || faults.connects(other.id, node.id));
      if (!this.shards.some(shard => informs(shard.primary) || shard.replicas.some(informs))) continue;
      this.forget(node);
      this.onInformed(node);
    }
    if (this.behind.size > 0) this.sleep();
  }

  /** A node knows what everybody knows: it has been told, or starts anew. */
  forget(node: Node): void {
    node.outlook = null;
    this.behind.delete(node);
  }
}
