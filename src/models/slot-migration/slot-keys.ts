// The keys of the slots that are to leave a node. The server keeps them together per slot; here they are gathered in one
// pass when the migration gets to the node, and followed from then on.

import { NONE } from "../../engine/dict.ts";
import type { Node } from "../node.ts";

export class SlotKeys {
  private readonly lists = new Map<number, string[]>();
  /** The life of the node that was looked at: a node that starts again has other keys. */
  private readonly incarnation: number;

  constructor(
    readonly node: Node,
    slots: Iterable<number>,
  ) {
    for (const slot of slots) this.lists.set(slot, []);
    this.incarnation = node.incarnation;
    const db = node.engine.database(0);
    const add = (entry: number) => this.lists.get(db.slotOf(entry))?.push(db.keyOf(entry));
    db.forEachEntry(add);
    db.insertObserver = add;
  }

  /** Whether this is still about the node's present life. */
  isOf(node: Node): boolean {
    return node === this.node && node.incarnation === this.incarnation;
  }

  /** Takes up to `count` keys of a slot that are still there. */
  take(slot: number, count: number): string[] {
    const list = this.lists.get(slot) ?? [];
    const db = this.node.engine.database(0);
    const keys: string[] = [];
    while (keys.length < count && list.length > 0) {
      const key = list.pop()!;
      if (db.find(key) !== NONE) keys.push(key);
    }
    return keys;
  }

  /** Puts keys back that could not be moved. */
  giveBack(slot: number, keys: readonly string[]): void {
    this.lists.get(slot)?.push(...keys);
  }

  /** All keys of a slot, dead ones among them. */
  peek(slot: number): readonly string[] {
    return this.lists.get(slot) ?? [];
  }

  end(): void {
    this.node.engine.database(0).insertObserver = null;
  }
}
