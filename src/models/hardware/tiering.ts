// Data tiering of r6gd nodes: keys stay in memory, values that have not been used for longest go to a local SSD once memory
// passes maxmemory, which with the default reserve is 75 % of the node's (aws-facts.md, 5; UG23).
//
//   out    while used_memory > maxmemory: the least recently used of 16 sampled keys, unless its item is larger than 128 MiB;
//          written in the background: no further ones while more waits than the reserve can hold
//   back   a request for a value on the SSD waits until it is in memory again (AWS; the seed says it is moved after the answer):
//          queue + pages / IOPS + 300 us, AWS's average for strings of 500 B. Other requests go on meanwhile
//   full   when the SSD is full too, keys are evicted by policy: volatile-lru, allkeys-lru or noeviction
// IOPS of 4 KiB: 13,437 reads and 5,625 writes per vCPU, EC2's figures for the instance store of the d families (from memory,
// not found again in the stored sources). ElastiCache's own limits are not published.
//
// Left out: a second request for a value that is already on its way waits no more; writes fetch what they overwrite, as reads do.

import type { NodeType } from "../../catalog/nodes.ts";
import { type Bytes, textOf } from "../../engine/bytes.ts";
import { keyPositions } from "../../engine/command.ts";
import { NONE } from "../../engine/dict.ts";
import type { Engine } from "../../engine/engine.ts";
import { type Keyspace, NO_EXPIRY } from "../../engine/keyspace.ts";
import type { Random } from "../../sim/random.ts";
import { GIB, MIB, NS_PER_SECOND } from "../../units.ts";

export const READS_PER_VCPU = 13_437.5;
export const WRITES_PER_VCPU = 5_625;
export const PAGE = 4_096;
export const READ_NS = 300_000;
const LARGEST_ITEM = 128 * MIB;
const SAMPLES = 16;
/** So many samples without anything to move, and memory is left as it is until the next command. */
const TRIES = 64;

export class Tiering {
  /** Bytes of values on the SSD, and how many there are. */
  bytes = 0;
  items = 0;
  bytesRead = 0;
  bytesWritten = 0;
  itemsRead = 0;
  itemsWritten = 0;
  readonly capacity: number;
  private readonly readNsPerPage: number;
  private readonly writeNsPerPage: number;
  private readonly reserve: number;
  private readFreeAtNs = 0;
  private writeFreeAtNs = 0;
  /** By database: bytes on the SSD of each entry whose value is there. */
  private readonly away = new Map<Keyspace, Map<number, number>>();
  private readonly sampled = new Int32Array(SAMPLES);

  constructor(
    private readonly engine: Engine,
    { ssdGiB, vcpu, maxmemoryBytes }: NodeType,
    private readonly random: Random,
  ) {
    this.capacity = (ssdGiB ?? 0) * GIB;
    this.readNsPerPage = NS_PER_SECOND / (READS_PER_VCPU * vcpu);
    this.writeNsPerPage = NS_PER_SECOND / (WRITES_PER_VCPU * vcpu);
    this.reserve = Math.max(0, maxmemoryBytes - engine.settings.maxmemory);
  }

  /** Brings the values of a call's keys back; until they are there, in whole ns. */
  fetch(argv: readonly Bytes[], database: number, nowNs: number): number {
    // Memory may have grown beside the keys: connections, tables.
    this.settle(nowNs);
    if (this.items === 0) return 0;
    const { engine } = this;
    const keyspace = engine.databases[database];
    const away = keyspace === undefined ? undefined : this.away.get(keyspace);
    const command = engine.command(textOf(argv[0]));
    if (keyspace === undefined || away === undefined || command === undefined || !command.hasKeys) return 0;
    let until = nowNs;
    for (const position of keyPositions(command, argv)) {
      const entry = keyspace.find(textOf(argv[position]));
      const bytes = entry === NONE ? undefined : away.get(entry);
      if (bytes === undefined) continue;
      this.returned(away, entry, bytes);
      keyspace.setLru(entry, engine.lruClock);
      this.bytesRead += bytes;
      this.itemsRead++;
      this.readFreeAtNs = Math.max(nowNs, this.readFreeAtNs) + Math.ceil(bytes / PAGE) * this.readNsPerPage;
      until = Math.max(until, this.readFreeAtNs + READ_NS);
    }
    if (until > nowNs) this.settle(nowNs);
    return Math.ceil(until - nowNs);
  }

  /** After a command: moves values out as long as memory is above its limit. */
  settle(nowNs: number): void {
    const { engine } = this;
    let tries = TRIES;
    while (engine.memoryToFree() > 0 && tries > 0) {
      const waiting = ((this.writeFreeAtNs - nowNs) / this.writeNsPerPage) * PAGE;
      if (waiting > this.reserve || this.bytes >= this.capacity) return;
      let moved = false;
      for (const keyspace of engine.databases) {
        if (keyspace !== undefined && keyspace.size > 0 && this.moveOne(keyspace, nowNs)) moved = true;
      }
      if (!moved) tries--;
    }
  }

  private moveOne(keyspace: Keyspace, nowNs: number): boolean {
    const away = this.awayOf(keyspace);
    const count = keyspace.main.sample(this.random, SAMPLES, this.sampled);
    let best = NONE;
    for (let i = 0; i < count; i++) {
      const entry = this.sampled[i];
      if (away.has(entry) || this.movable(keyspace, entry) <= 0) continue;
      const older = best === NONE ? 1 : keyspace.lruOf(best) - keyspace.lruOf(entry);
      // Of equal age, the one that came later: a cache is filled with its most popular keys first.
      if (older > 0 || (older === 0 && entry > best)) best = entry;
    }
    if (best === NONE) return false;
    const bytes = this.movable(keyspace, best);
    away.set(best, bytes);
    this.bytes += bytes;
    this.items++;
    this.engine.outside.tiered = this.bytes;
    // What is there when the run begins was written before.
    if (nowNs === 0) return true;
    this.bytesWritten += bytes;
    this.itemsWritten++;
    this.writeFreeAtNs = Math.max(nowNs, this.writeFreeAtNs) + Math.ceil(bytes / PAGE) * this.writeNsPerPage;
    return true;
  }

  /** Bytes of an entry beside its key; 0 for items that stay. */
  private movable(keyspace: Keyspace, entry: number): number {
    const all = keyspace.bytesOf(entry);
    if (all > LARGEST_ITEM) return 0;
    const hasTtl = keyspace.expiryOf(entry) !== NO_EXPIRY;
    return all - this.engine.layout.collectionKeyBytes(keyspace.keyOf(entry).length, hasTtl);
  }

  private awayOf(keyspace: Keyspace): Map<number, number> {
    let away = this.away.get(keyspace);
    if (away === undefined) {
      const made = new Map<number, number>();
      this.away.set(keyspace, (away = made));
      keyspace.tierObserver = entry => {
        const bytes = made.get(entry);
        if (bytes !== undefined) this.returned(made, entry, bytes);
      };
      keyspace.clearObserver = () => {
        for (const [entry, bytes] of made) this.returned(made, entry, bytes);
      };
    }
    return away;
  }

  /** A value is in memory again, or gone. */
  private returned(away: Map<number, number>, entry: number, bytes: number): void {
    away.delete(entry);
    this.bytes -= bytes;
    this.items--;
    this.engine.outside.tiered = this.bytes;
  }
}

/** The tiering of a node that has an SSD; null for others. */
export function tieringOf(engine: Engine, node: NodeType, random: () => Random): Tiering | null {
  return node.ssdGiB === null ? null : new Tiering(engine, node, random());
}
