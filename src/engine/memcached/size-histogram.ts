// `stats sizes`: how many items there are by size in steps of 32 bytes. It begins when it is switched on and knows by their
// CAS ids which items it has counted, as the server does.

import type { ItemTable } from "./item-table.ts";

const STEP = 32;

export class SizeHistogram {
  private counts: Float64Array | null = null;
  private firstCas = 0;

  constructor(private readonly itemSizeMax: number) {}

  get isOn(): boolean {
    return this.counts !== null;
  }

  start(firstCas: number): void {
    if (this.counts !== null) return;
    this.counts = new Float64Array(Math.floor(this.itemSizeMax / STEP) + 1);
    this.firstCas = firstCas;
  }

  stop(): void {
    this.counts = null;
  }

  add(items: ItemTable, item: number): void {
    this.change(items, item, 1);
  }

  remove(items: ItemTable, item: number): void {
    this.change(items, item, -1);
  }

  private change(items: ItemTable, item: number, by: number): void {
    if (this.counts === null || items.cas[item] < this.firstCas) return;
    const bucket = Math.ceil(items.bytes[item] / STEP);
    if (bucket < this.counts.length) this.counts[bucket] += by;
  }

  /** Size and count, of sizes that there are. */
  rows(): [number, number][] {
    const rows: [number, number][] = [];
    this.counts?.forEach((count, bucket) => {
      if (count !== 0) rows.push([bucket * STEP, count]);
    });
    return rows;
  }
}
