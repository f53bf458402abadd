// When a list is one listpack and when a chain of them, and how large a listpack in the chain may be.

import type { Engine } from "../engine.ts";
import type { SizeClass } from "../memory/allocator.ts";

/** What all lists of an engine have in common. Read anew each time: CONFIG SET and DEBUG change it. */
export interface ListRules {
  readonly sizeClass: SizeClass;
  /** list-max-listpack-size: elements when positive, a class of bytes when negative. */
  readonly fill: number;
  /** list-compress-depth. */
  readonly compress: number;
  /** Short lists are a single listpack: Valkey 7.2 and later. */
  readonly shortForm: boolean;
  /** What exceeds a node's limit on its own is stored plain, without a listpack around it: Valkey 8.0 and later. */
  readonly plainBeyondLimit: boolean;
  /** DEBUG QUICKLIST-PACKED-THRESHOLD; 0: as the limits say. */
  readonly packedThreshold: number;
}

/** The rules as an engine's parameters and version say. */
export class EngineListRules implements ListRules {
  packedThreshold = 0;

  constructor(private readonly engine: Pick<Engine, "profile" | "settings" | "sizeClass">) {}

  get sizeClass(): SizeClass {
    return this.engine.sizeClass;
  }

  get fill(): number {
    return this.engine.settings.listMaxListpackSize;
  }

  get compress(): number {
    return this.engine.settings.listCompressDepth;
  }

  get shortForm(): boolean {
    return this.engine.profile.compactLists;
  }

  get plainBeyondLimit(): boolean {
    return this.engine.profile.plainListNodes;
  }
}

/** Bytes that the classes -1 to -5 stand for. */
const SIZE_CLASSES = [4_096, 8_192, 16_384, 32_768, 65_536];
/** Bytes of a listpack that is limited by its number of elements. */
const SAFE_BYTES = 8_192;
const ONE_GIB = 1_073_741_824;

/** Bytes and elements that a listpack may have under `fill`. */
export function nodeLimit(fill: number): { bytes: number; elements: number } {
  if (fill >= 0) return { bytes: Number.POSITIVE_INFINITY, elements: Math.max(1, fill) };
  return { bytes: byteLimit(fill), elements: Number.POSITIVE_INFINITY };
}

function byteLimit(fill: number): number {
  return SIZE_CLASSES[Math.min(-fill, SIZE_CLASSES.length) - 1];
}

export function exceedsLimit(fill: number, bytes: number, elements: number): boolean {
  if (fill < 0) return bytes > byteLimit(fill);
  return bytes > SAFE_BYTES || elements > Math.max(1, fill);
}

/** Whether an element of this length stands in a node of its own, without a listpack. */
export function isLarge(rules: ListRules, fill: number, length: number): boolean {
  if (rules.packedThreshold !== 0) return length >= rules.packedThreshold;
  if (!rules.plainBeyondLimit) return length >= ONE_GIB;
  return length > (fill < 0 ? byteLimit(fill) : SAFE_BYTES);
}
