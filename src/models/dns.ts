// Names that point at nodes. A record changes at the authority at one instant; every client goes on using what it has
// cached until its own time to live is over, which is what stretches an outage. A TTL of Infinity never asks again
// (the JVM's networkaddress.cache.ttl=-1).

/** What the authority answers. */
export class DnsRecord {
  constructor(public node: number) {}
}

/** One client's cache of one record. */
export class DnsCache {
  private node: number;

  /** `expiresNs`: when the first answer runs out; clients asked at different times before the run began. */
  constructor(
    private readonly record: DnsRecord,
    private readonly ttlNs: number,
    private expiresNs: number,
  ) {
    this.node = record.node;
  }

  /** The node that the client believes in. */
  resolve(nowNs: number): number {
    if (nowNs >= this.expiresNs) {
      this.node = this.record.node;
      this.expiresNs = nowNs + this.ttlNs;
    }
    return this.node;
  }
}
