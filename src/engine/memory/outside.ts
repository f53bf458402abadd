// Memory in use outside the keyspace, kept up to date by whoever owns it.

export class OutsideMemory {
  clients = 0;
  replication = 0;
  /** Of `replication`, what replicas hold beyond the backlog: it does not count towards maxmemory. */
  replicationExcess = 0;
  histograms = 0;
  /** What the host adds where it counts: pages that a save copies. */
  host = 0;
  /** Bytes of values that lie on an SSD, not in memory. */
  tiered = 0;

  get bytes(): number {
    return this.clients + this.replication + this.histograms + this.host - this.tiered;
  }
}
