// ACL LOG: who was refused what, the latest first. The same refusal within a minute counts on one entry.

export type Reason = "command" | "key" | "channel" | "auth";
export type LogContext = "toplevel" | "multi" | "lua";

export interface Refusal {
  readonly reason: Reason;
  readonly context: LogContext;
  /** The command, key or channel; for a failed login the command's name as it was sent. */
  readonly object: string;
  readonly user: string;
  /** The connection, as CLIENT LIST shows it. */
  readonly client: string;
}

export interface LogEntry {
  readonly refusal: Refusal;
  readonly id: number;
  readonly count: number;
  readonly createdMs: number;
  readonly updatedMs: number;
}

const GROUPED_FOR_MS = 60_000;
/** Entries that are looked at for the same refusal. */
const LOOK_BACK = 10;

export class AclLog {
  private list: LogEntry[] = [];
  private nextId = 0;

  get entries(): readonly LogEntry[] {
    return this.list;
  }

  clear(): void {
    this.list = [];
  }

  add(refusal: Refusal, nowMs: number, limit: number): void {
    if (limit > 0) {
      const known = this.list
        .slice(0, LOOK_BACK)
        .findIndex(entry => isSame(entry.refusal, refusal) && Math.abs(nowMs - entry.updatedMs) <= GROUPED_FOR_MS);
      if (known === -1) {
        this.list.unshift({ refusal, id: this.nextId++, count: 1, createdMs: nowMs, updatedMs: nowMs });
      } else {
        // It moves to the front, and the list stays as long as it is, even if the limit has been lowered.
        const [entry] = this.list.splice(known, 1);
        this.list.unshift({ ...entry, refusal, count: entry.count + 1, updatedMs: nowMs });
        return;
      }
    }
    this.list.length = Math.min(this.list.length, limit);
  }
}

function isSame(a: Refusal, b: Refusal): boolean {
  return a.reason === b.reason && a.context === b.context && a.object === b.object && a.user === b.user;
}
