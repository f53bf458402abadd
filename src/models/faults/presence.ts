// Which instances of a client group are there: when a zone is gone, the load balancer in front of the application gives the
// work of its instances to the others. What they had under way ends as it ends.

export class Presence {
  /** Zones whose instances are gone; null while there are none. */
  away: Set<number> | null = null;

  /** `zones`: each instance's zone. */
  constructor(private readonly zones: readonly number[]) {}

  leave(zone: number): void {
    (this.away ??= new Set()).add(zone);
  }

  comeBack(zone: number): void {
    this.away?.delete(zone);
    if (this.away?.size === 0) this.away = null;
  }

  /** The first instance from this one on that is there; this one when none is: then its requests end as they can. */
  presentFrom(local: number): number {
    const { zones, away } = this;
    for (let i = 0; i < zones.length; i++) {
      const candidate = (local + i) % zones.length;
      if (away?.has(zones[candidate]) !== true) return candidate;
    }
    return local;
  }
}
