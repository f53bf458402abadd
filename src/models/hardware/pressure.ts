// Whether ElastiCache manages a node's traffic (TrafficManagementActive): it does when more commands are sent to a node than
// its engine can process, to leave room for replication and monitoring, and the metric says that the node is too small
// (METRICS). No threshold is published. Assumed: the engine thread was more than 5 ms behind whenever the cron looked, for a
// second.
//
// Left out: what the shaping does to clients beyond the queue that they see anyway.

const BEHIND_NS = 5_000_000;
const LOOKS = 10;

export class Pressure {
  /** In this period. */
  managed = false;
  private looks = 0;

  look(backlogNs: number): void {
    this.looks = backlogNs > BEHIND_NS ? this.looks + 1 : 0;
    if (this.looks >= LOOKS) this.managed = true;
  }

  periodOver(): void {
    this.managed = false;
  }
}
