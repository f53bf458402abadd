// The memory of one node, put together: what the engine counts, what the allocator and the host make of it, the work of
// defragmentation, the time that swapped pages take, and the end when nothing is left.

import type { Simulation } from "../sim/simulation.ts";
import { ActiveDefrag } from "./active-defrag.ts";
import { ConnectionMemory } from "./connection-memory.ts";
import { dataSize, slackBytes } from "./data-size.ts";
import { Fragmentation } from "./fragmentation.ts";
import { type Held, HostMemory, type MemoryState } from "./hardware/host-memory.ts";
import type { Node } from "./node.ts";
import type { SampledMemory } from "./sampled-memory.ts";

/** Valkey 8.1 and later defragment in short slices; before, a cron's share is one slice. */
const SLICE_NS = 500_000;

export class NodeMemory {
  readonly host: HostMemory;
  readonly fragmentation = new Fragmentation();
  readonly defrag: ActiveDefrag | null;
  /** Chance that a command finds its key in swap. */
  swapShare = 0;
  /** What all keys take where the engine holds a sample of them. */
  sampled: SampledMemory | null = null;
  /** Output buffers of those who read slowly; null until there is one. */
  slowReaders: Set<{ readonly bufferedBytes: number }> | null = null;
  private readonly connections = new ConnectionMemory();
  private readonly shortSlices: boolean;

  constructor(
    private readonly node: Node,
    private readonly sim: Simulation,
  ) {
    const { config, type } = node;
    this.host = new HostMemory(type, config.hardware.swap);
    this.defrag = config.defrag === null ? null : new ActiveDefrag(config.defrag);
    this.shortSlices = config.profile.product === "valkey" && Number.parseFloat(config.profile.version) >= 8.1;
  }

  /** Connections have been opened or closed. What is open when the run begins has been open for a while. */
  connected(by: number): void {
    const { now } = this.sim;
    this.connections.add(by, now, now === 0);
    this.accountClients();
  }

  /** Memory of connections, and of replies that wait in their buffers, for the interface or for who reads slowly. */
  private accountClients(): void {
    const { now } = this.sim;
    const { engine, networkOut } = this.node;
    engine.outside.clients = this.connections.bytes(now) + networkOut.waitingBytes(now) + this.slowReaderBytes;
  }

  get slowReaderBytes(): number {
    let bytes = 0;
    if (this.slowReaders !== null) for (const { bufferedBytes } of this.slowReaders) bytes += bufferedBytes;
    return bytes;
  }

  /** The cron looks at everything that changes by itself. `stretchNs` since the last time. */
  look(stretchNs: number): void {
    const { node, sim, fragmentation, defrag } = this;
    this.accountClients();
    this.sampled?.fit();
    fragmentation.observe(node.engine.bytesBySize);
    if (defrag !== null) this.defragment(defrag, stretchNs);
    const held = this.held();
    if (node.config.fork.countCopies === true) node.engine.outside.host = held.copiedBytes;
    this.host.update(held, sim.now);
    const { swapBytes, rssBytes, exhausted } = this.host.state(held);
    this.swapShare = swapBytes === 0 ? 0 : swapBytes / rssBytes;
    if (exhausted) node.onKilled?.();
  }

  private defragment(defrag: ActiveDefrag, stretchNs: number): void {
    const { node, sim } = this;
    const { engine, cpu, incarnation } = node;
    const inUse = engine.usedMemory - engine.outside.host;
    const work = cpu.scaled(defrag.step(this.fragmentation, inUse, dataSize(engine).keys, stretchNs));
    if (work === 0) return;
    const slices = this.shortSlices ? Math.ceil(work / SLICE_NS) : 1;
    for (let slice = 0; slice < slices; slice++) {
      sim.after(Math.floor((slice * stretchNs) / slices), `${node.name}/defrag`, () => {
        if (node.incarnation === incarnation) node.block(work / slices);
      });
    }
  }

  /** Time to bring back the page that a command needs, in ns. */
  swapInNs(): number {
    if (this.swapShare === 0) return 0;
    const { name, config } = this.node;
    return this.sim.random(`${name}/swap`).next() < this.swapShare ? config.hardware.swap.pageInNs : 0;
  }

  state(): MemoryState {
    return this.host.state(this.held());
  }

  /** used_memory and maxmemory of the node, with all keys. */
  get usedBytes(): number {
    return this.sampled === null ? this.node.engine.usedMemory : this.sampled.usedBytes();
  }

  get limitBytes(): number {
    return this.sampled === null ? this.node.engine.settings.maxmemory : this.sampled.limitBytes;
  }

  /** All keys where the engine has so many. */
  items(count: number): number {
    return this.sampled === null ? count : this.sampled.items(count);
  }

  private held(): Held {
    const { engine, save, config, connections } = this.node;
    return {
      usedBytes: this.usedBytes - engine.outside.host,
      fragmentBytes: this.fragmentation.bytes * (this.sampled?.per ?? 1) + slackBytes(engine),
      copiedBytes: save === null ? 0 : save.bytes(),
      tlsConnections: config.tls ? connections : 0,
    };
  }

  /** The process is gone. */
  reset(): void {
    this.fragmentation.reset();
    this.defrag?.reset();
    this.host.reset(this.sim.now);
    this.swapShare = 0;
    this.slowReaders?.clear();
    this.node.engine.outside.host = 0;
  }
}
