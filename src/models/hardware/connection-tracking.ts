// The host's connection tracking: beyond its allowance the network drops the packets that would open another connection
// (NetworkConntrackAllowanceExceeded), and the client waits for its connect timeout. AWS publishes no allowance per instance type, so there is none unless the scenario gives one
// (cluster.hardware.network.trackedConnections).
//
// Left out: entries that outlive their connection, connections that security groups leave untracked.

export class ConnectionTracking {
  /** Packets dropped because the table was full. */
  exceeded = 0;

  constructor(private readonly allowance: number | null) {}

  /** Whether one more connection beside `open` is let through. */
  admits(open: number): boolean {
    if (this.allowance === null || open < this.allowance) return true;
    this.exceeded++;
    return false;
  }
}
