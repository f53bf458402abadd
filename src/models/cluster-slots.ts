// Who owns which slot, and which slots are on the move.
//
// A slot has exactly one owner at every instant: the array says who. While a slot moves key by key its owner stays the
// source until the last key is over; the entry in `moving` makes source and target answer ASK, TRYAGAIN or serve.
// Clients keep copies of the array, shared by all that asked between two changes.

import { SLOT_COUNT } from "../engine/slots.ts";

/** A slot that moves key by key. */
export interface SlotMove {
  readonly slot: number;
  /** Shard numbers. */
  readonly from: number;
  readonly to: number;
}

export class SlotTable {
  /** Shard number by slot. */
  readonly owner = new Int16Array(SLOT_COUNT);
  /** By slot. Empty nearly always: what every request asks first. */
  readonly moving = new Map<number, SlotMove>();
  private copy: Int16Array | null = null;

  /** Slots are dealt out evenly in contiguous ranges. */
  constructor(shards: number) {
    for (let slot = 0; slot < SLOT_COUNT; slot++) this.owner[slot] = Math.floor((slot * shards) / SLOT_COUNT);
  }

  /** The owners as they are now, to be kept by whoever asked. */
  snapshot(): Int16Array {
    this.copy ??= this.owner.slice();
    return this.copy;
  }

  /** A slot changes hands at this instant. */
  assign(slot: number, shard: number): void {
    this.moving.delete(slot);
    this.owner[slot] = shard;
    this.copy = null;
  }

  /** All of them at once: clients have agreed on another distribution. */
  assignAll(owners: Int16Array): void {
    this.owner.set(owners);
    this.copy = null;
  }

  slotsOf(shard: number): number[] {
    const slots: number[] = [];
    for (let slot = 0; slot < SLOT_COUNT; slot++) if (this.owner[slot] === shard) slots.push(slot);
    return slots;
  }

  /** Slots per shard number. */
  counts(shards: number): number[] {
    const counts = new Array<number>(shards).fill(0);
    for (const shard of this.owner) counts[shard]++;
    return counts;
  }
}
