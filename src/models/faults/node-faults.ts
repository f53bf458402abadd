// Faults of nodes and zones, and what they mean for the requests that are under way.
//
//   crash     the process dies: connections are reset, what it had finished and handed to its kernel is delivered
//   lost      the host dies: nobody answers, what was under way is gone
//   freeze    the process stands still (freeze.ts); `thaw` lets it go on
//   slow      every piece of work takes so many times as long (a noisy neighbour, a failing disk under the swap, thermal
//             throttling)
//   reboot    a customer's reboot: no failover, the data are cleared, its replicas clear theirs with it (aws-facts.md, 4)
//   zone      all hosts of a zone die; its clients too, if told: then the load balancer gives their work to the others

import { assert } from "../../assert.ts";
import type { Simulation } from "../../sim/simulation.ts";
import type { Client } from "../client.ts";
import type { ConnectionTable } from "../clients/connection-table.ts";
import type { Cluster } from "../cluster.ts";
import type { Failover } from "../failover/failover.ts";
import { CONNECTION_LOST, REPLY } from "../messages.ts";
import type { Latency } from "../network.ts";
import type { Node } from "../node.ts";
import type { Requests } from "../requests.ts";
import { Freeze } from "./freeze.ts";
import { clientsIn } from "./links.ts";

/** What it needs of the world. */
export interface Surroundings {
  readonly sim: Simulation;
  readonly latency: Latency;
  readonly cluster: Cluster;
  readonly requests: Requests;
  readonly connections: ConnectionTable;
  readonly clients: readonly Client[];
  readonly failover: Failover;
  clientOf(instance: number): Client;
}

export class NodeFaults {
  private readonly zonesDown = new Set<number>();

  constructor(private readonly world: Surroundings) {}

  /** A node dies: its process, or the host with everything that is under way. Returns the event. */
  crash(node: Node, state: "down" | "lost", cause: number | null = null): number {
    const event = this.stop(node, state, cause);
    this.world.failover.nodeLost(node, state, event);
    return event;
  }

  /** The same on purpose, by somebody who knows what comes next. */
  stop(node: Node, state: "down" | "lost", cause: number | null, what?: string): number {
    assert(isAlive(node), `node ${node.name} crashes while it is ${node.state}`);
    const event = this.world.cluster.crash(node, state, cause, what);
    this.voidRequestsAt(node, state);
    return event;
  }

  /** A node has been taken out of service. */
  nodeRemoved(node: Node): void {
    this.voidRequestsAt(node, "down");
  }

  /**
   * Requests on their way to, at, or coming back from a dead node. What its engine had finished before a process died
   * still arrives; the rest gets a reset, or nothing at all when the host is gone.
   */
  private voidRequestsAt(node: Node, state: "down" | "lost"): void {
    const { requests, connections, sim, latency, clients } = this.world;
    const { faults } = latency;
    const hears = (zone: number) => faults === null || faults.passes(node.id, clientsIn(zone));
    for (const request of this.underWay(node)) {
      // What a process that stood still had promised for later, it has not finished.
      const finished =
        requests.muted[request] === 0 && requests.doneNs[request] > 0 && requests.doneNs[request] <= sim.now;
      if (state === "down" && finished) continue;
      const { client, zone } = this.senderOf(request);
      if (state === "down" && hears(zone)) {
        const generation = ++requests.generation[request];
        sim.send(latency.oneWayNs(node.zone, zone), client.target, CONNECTION_LOST, request, generation);
      } else {
        requests.muted[request] = 1;
      }
    }
    if (state === "down") for (const client of clients) client.connectionsReset(node.id, hears);
    else for (const client of clients) client.peersChanged(connection => connections.node[connection] === node.id);
  }

  private *underWay(node: Node): Iterable<number> {
    const { requests } = this.world;
    for (let request = 0; request < requests.limit; request++) {
      if (requests.alive[request] === 0 || requests.onWire[request] === 0) continue;
      if (requests.node[request] === node.id) yield request;
    }
  }

  private senderOf(request: number): { client: Client; zone: number } {
    const instance = this.world.requests.instance[request];
    const client = this.world.clientOf(instance);
    return { client, zone: client.config.zones[instance - client.firstInstance] };
  }

  // -------------------------------------------------------------------------------------------------------------
  // Standing still.

  /** A node's process stands still; `thaw` ends that. Returns the event. */
  freeze(node: Node, cause: number | null = null): number {
    assert(node.state === "up", `node ${node.name} freezes while it is ${node.state}`);
    const { sim, cluster, requests, failover } = this.world;
    const event = cluster.log.add(node.name, "process stands still", cause);
    cluster.following.upkeep.wake();
    const freeze = new Freeze(sim.now, requests);
    for (const request of this.underWay(node)) {
      // Promised for later: it will be finished as much later as the process stood still.
      if (requests.doneNs[request] <= sim.now) continue;
      requests.muted[request] = 1;
      freeze.promised.push({ request, generation: requests.generation[request] });
    }
    node.freeze(freeze);
    failover.nodeLost(node, "frozen", event);
    return event;
  }

  thaw(node: Node, cause: number | null = null): void {
    const { frozen } = node;
    if (frozen === null) return; // it died meanwhile
    const { sim, latency, cluster, requests, failover } = this.world;
    cluster.log.add(node.name, "process goes on", cause);
    for (const { request, generation } of frozen.promised) {
      if (requests.generation[request] !== generation) continue;
      const { client, zone } = this.senderOf(request);
      const left = Math.max(0, Math.round(requests.doneNs[request] - frozen.sinceNs));
      requests.doneNs[request] += sim.now - frozen.sinceNs;
      sim.after(left + latency.oneWayNs(node.zone, zone), `${node.name}/thaw`, () => {
        if (requests.generation[request] !== generation) return;
        requests.muted[request] = 0;
        sim.send(0, client.target, REPLY, request, generation);
      });
    }
    node.thaw();
    failover.nodeBack(node);
    cluster.following.upkeep.wake();
  }

  /** A node that was stopped on purpose runs again, empty, in the role that it had. */
  restart(node: Node, cause: number): void {
    const { cluster } = this.world;
    const shard = cluster.shards[node.shard];
    if (shard.primary === node) return cluster.startEmpty(shard, node, cause);
    node.start();
    cluster.join(shard, node, cause);
  }

  // -------------------------------------------------------------------------------------------------------------
  // Zones.

  isZoneDown(zone: number): boolean {
    return this.zonesDown.has(zone);
  }

  /** Every host of a zone dies. Returns the event and the nodes that died. */
  zoneLost(zone: number, name: string): { readonly event: number; readonly nodes: readonly Node[] } {
    const { cluster } = this.world;
    this.zonesDown.add(zone);
    const event = cluster.log.add(name, "zone lost");
    const nodes = cluster.nodes.filter(node => node.zone === zone && isAlive(node));
    for (const node of nodes) this.crash(node, "lost", event);
    return { event, nodes };
  }

  /** The zone is there again: hosts can start in it. */
  zoneBack(zone: number, name: string, cause: number): void {
    this.zonesDown.delete(zone);
    const event = this.world.cluster.log.add(name, "zone is back", cause);
    this.world.failover.zoneBack(zone, event);
  }
}

/** Whether there is a process, even one that stands still. */
export function isAlive(node: Node): boolean {
  return node.state === "up" || node.state === "frozen";
}
