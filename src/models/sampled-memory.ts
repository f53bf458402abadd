// Memory of a node that holds a sample of the keys: one in `per`, and the most popular ones whole.
//
//   limit = fixed + tables + hot + (maxmemory - fixed - tables of all - hot) / per     what the engine evicts at
//   used  = fixed + tables of all + hot + (data - hot) * per                           what the node would use with all keys
//
// fixed: server, connections and their buffers, which there are as many of as ever. tables: bucket arrays, which follow the number
// of keys in steps or, where every hash slot has one, hardly at all (engine/memory/table-bytes.ts). hot: bytes of the popular keys,
// measured by storing them once. data: bytes of all keys of the sample, with the backlog of their changes, whose size is a part
// in `per` of what was asked for.

import type { Engine } from "../engine/engine.ts";
import { tableBytes } from "../engine/memory/table-bytes.ts";

/** The limit is set anew when it has moved by so much of itself. */
const SLACK = 0.002;

export class SampledMemory {
  private hotBytes = 0;
  private hotItems = 0;

  constructor(
    private readonly engine: Engine,
    /** Hash slots of the node; 0 outside cluster mode. */
    private readonly slots: number,
    readonly per: number,
    /** maxmemory of the node; 0: none. */
    readonly limitBytes: number,
  ) {}

  /** The popular keys are all stored now, and nothing else is. */
  hotStored(): void {
    this.hotBytes = this.engine.dataBytes;
    this.hotItems = this.keys;
  }

  /** Sets the engine's limit as things are now. */
  fit(): void {
    const { engine, per, limitBytes, hotBytes } = this;
    if (limitBytes === 0) return;
    const rest = Math.max(0, limitBytes - this.fixed - this.tablesOfAll() - hotBytes);
    const limit = Math.max(1, Math.round(this.fixed + engine.tableBytes + hotBytes + rest / per));
    if (Math.abs(limit - engine.settings.maxmemory) <= SLACK * limit) return;
    engine.execute(engine.session(0, true), ["config", "set", "maxmemory", String(limit)]);
  }

  usedBytes(): number {
    return this.fixed + this.tablesOfAll() + scaled(this.data, this.hotBytes, this.per);
  }

  /** All keys where the sample has so many. */
  items(count: number): number {
    return scaled(count, this.hotItems, this.per);
  }

  private get data(): number {
    return this.engine.dataBytes + this.engine.outside.replication;
  }

  private get fixed(): number {
    return this.engine.usedMemory - this.engine.tableBytes - this.data;
  }

  private get keys(): number {
    return this.engine.databases.reduce((sum, database) => sum + (database?.size ?? 0), 0);
  }

  private tablesOfAll(): number {
    const { databases, layout } = this.engine;
    const expiring = databases.reduce((sum, database) => sum + (database?.expires.size ?? 0), 0);
    return tableBytes(layout, Math.round(this.items(this.keys)), Math.round(this.items(expiring)), this.slots);
  }
}

function scaled(of: number, hot: number, per: number): number {
  return of <= hot ? of : hot + (of - hot) * per;
}
