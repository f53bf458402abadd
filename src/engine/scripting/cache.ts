// Scripts by their SHA-1. Those that came by EVAL alone are kept as long as they are among the 500 used last (8.0 and later);
// those of SCRIPT LOAD stay.

import type { Engine } from "../engine.ts";
import { sha1 } from "../rdb/sha1.ts";
import type { ScriptHead } from "./flags.ts";

export interface Script {
  readonly sha: string;
  readonly text: string;
  readonly head: ScriptHead;
  /** From EVAL: may be forgotten. */
  evictable: boolean;
}

const MAX_EVICTABLE = 500;
const digest = new Uint8Array(20);

/** The SHA-1 of a byte string in hexadecimal digits. */
export function sha1hex(text: string): string {
  const bytes = Buffer.from(text, "latin1");
  sha1(bytes, bytes.length, digest);
  return Buffer.from(digest).toString("hex");
}

/** Bytes of a script beside its text: the entry of the table, the record and the SHA (truth: used_memory_scripts_eval). */
const RECORD_BYTES = 24 + 24 + 48;
const LIST_NODE_BYTES = 24;

export class ScriptCache {
  private readonly bySha = new Map<string, Script>();
  /** A text that is asked for again and again is not hashed each time. */
  private readonly byText = new Map<string, Script>();
  /** Those of EVAL, the one used last at the end. */
  private readonly recent = new Map<string, Script>();
  /** How many had to go. */
  evicted = 0;
  private textBytes = 0;

  constructor(
    private readonly engine: Engine,
    private readonly forget: (sha: string) => void,
  ) {}

  get size(): number {
    return this.bySha.size;
  }

  get(sha: string): Script | undefined {
    return this.bySha.get(sha) ?? this.bySha.get(sha.toLowerCase());
  }

  withText(text: string): Script | undefined {
    return this.byText.get(text);
  }

  add(script: Script): void {
    if (script.evictable && this.engine.profile.scriptsSince80) {
      for (const oldest of this.recent.values()) {
        if (this.recent.size < MAX_EVICTABLE) break;
        this.remove(oldest);
        this.evicted++;
      }
      this.recent.set(script.sha, script);
    }
    this.bySha.set(script.sha, script);
    this.byText.set(script.text, script);
    this.textBytes += this.engine.sizeClass(script.text.length + 17);
  }

  /** It was run: the youngest again. */
  used(script: Script): void {
    if (!script.evictable || !this.recent.delete(script.sha)) return;
    this.recent.set(script.sha, script);
  }

  /** It was loaded for good. */
  keep(script: Script): void {
    script.evictable = false;
    this.recent.delete(script.sha);
  }

  private remove(script: Script): void {
    this.recent.delete(script.sha);
    this.bySha.delete(script.sha);
    this.byText.delete(script.text);
    this.textBytes -= this.engine.sizeClass(script.text.length + 17);
    this.forget(script.sha);
  }

  clear(): void {
    for (const sha of this.bySha.keys()) this.forget(sha);
    this.bySha.clear();
    this.byText.clear();
    this.recent.clear();
    this.textBytes = 0;
  }

  /** What INFO calls used_memory_scripts_eval. */
  get bytes(): number {
    if (this.size === 0) return 0;
    const buckets = 2 ** Math.max(2, Math.ceil(Math.log2(this.size)));
    return this.textBytes + this.size * RECORD_BYTES + this.recent.size * LIST_NODE_BYTES + 8 * buckets;
  }
}
