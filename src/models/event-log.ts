// What happened, for people: faults, failovers, saves, syncs. Each entry names its cause by number, so that a chain
// (crash → detection → promotion → resync) can be followed.

export interface LoggedEvent {
  readonly id: number;
  readonly timeNs: number;
  /** Node or component; "" for the world. */
  readonly where: string;
  readonly what: string;
  /** Id of the event that led to this one; null for what starts a chain. */
  readonly cause: number | null;
}

/** A run with a storm of events stays readable: beyond this many they are only counted. */
const LIMIT = 2_000;

export class EventLog {
  readonly events: LoggedEvent[] = [];
  dropped = 0;
  private nextId = 1;

  constructor(private readonly now: () => number) {}

  /** Records an event and returns its id, to be given as the cause of what follows. */
  add(where: string, what: string, cause: number | null = null): number {
    const id = this.nextId++;
    if (this.events.length < LIMIT) this.events.push({ id, timeNs: this.now(), where, what, cause });
    else this.dropped++;
    return id;
  }
}
