// The names an engine goes by: its run, and the history of changes that replicas follow. Made when they are first asked
// for, from a stream of their own, so that asking changes nothing else.

import { type Random, randomFrom } from "../sim/random.ts";

const DIGITS = 40;
const NO_ID = "0".repeat(DIGITS);

export class Identity {
  private random: Random | null = null;
  private run: string | null = null;
  private history: string | null = null;
  /** The history before this one, and up to where it is the same; as a promoted replica keeps it. */
  previousHistory = NO_ID;
  previousHistoryOffset = -1;

  constructor(private readonly seed: number) {}

  get runId(): string {
    this.run ??= this.make();
    return this.run;
  }

  get replicationId(): string {
    this.history ??= this.make();
    return this.history;
  }

  set replicationId(id: string) {
    this.history = id;
  }

  changeReplicationId(): void {
    this.history = this.make();
    this.forgetPrevious();
  }

  forgetPrevious(): void {
    this.previousHistory = NO_ID;
    this.previousHistoryOffset = -1;
  }

  /** The history goes on under another name, after so many bytes; the old name stays good up to there. */
  branch(offset: number, id = this.make()): void {
    this.previousHistory = this.replicationId;
    this.previousHistoryOffset = offset + 1;
    this.history = id;
  }

  private make(): string {
    this.random ??= randomFrom(`identity/${this.seed}`);
    let id = "";
    while (id.length < DIGITS) id += this.random.uint32().toString(16).padStart(8, "0");
    return id;
  }
}
