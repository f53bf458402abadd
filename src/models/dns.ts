// Names that point at nodes. A record changes at the authority at one instant; every client goes on using what it has
// cached until its own time to live is over, which is what stretches an outage. A TTL of Infinity never asks again
// (the JVM's networkaddress.cache.ttl=-1).
//
// The reader endpoint (cluster mode disabled) is a record with all replicas, given out in turn: "not a load balancer"
// (AWS). A client asks it when it opens connections, and stays with the answer for as long as they last: one instance reads
// from one replica, a new replica gets nothing until somebody connects anew, and with few instances the replicas' shares
// are as uneven as chance makes them. Without replicas the name leads to the primary.

/** What the authority answers. */
export interface Authority {
  answer(): number;
}

export class DnsRecord implements Authority {
  constructor(public node: number) {}

  answer(): number {
    return this.node;
  }
}

/** Several nodes behind one name, given out in turn. */
export class ReaderRecord implements Authority {
  private turn = 0;

  constructor(
    public nodes: number[],
    private readonly primary: Authority,
  ) {}

  answer(): number {
    return this.nodes.length === 0 ? this.primary.answer() : this.nodes[this.turn++ % this.nodes.length];
  }
}

/** One client's cache of one record. */
export class DnsCache {
  private node: number;

  /** `expiresNs`: when the first answer runs out; clients asked at different times before the run began. */
  constructor(
    private readonly record: Authority,
    private readonly ttlNs: number,
    private expiresNs: number,
  ) {
    this.node = record.answer();
  }

  /** The next one asks the authority. */
  forget(): void {
    this.expiresNs = Number.NEGATIVE_INFINITY;
  }

  /** The node that the client believes in. */
  resolve(nowNs: number): number {
    if (nowNs >= this.expiresNs) {
      this.node = this.record.answer();
      this.expiresNs = nowNs + this.ttlNs;
    }
    return this.node;
  }
}

/** A name that is asked when connections are opened: the answer is kept for as long as they last. */
export class ConnectedName {
  private node: number;
  private broken = false;

  constructor(private readonly cache: DnsCache) {
    this.node = cache.resolve(0);
  }

  resolve(nowNs: number): number {
    if (this.broken) {
      this.node = this.cache.resolve(nowNs);
      this.broken = false;
    }
    return this.node;
  }

  forget(): void {
    this.cache.forget();
    this.broken = true;
  }

  /** Connections broke: the next one asks again. */
  lost(): void {
    this.broken = true;
  }
}
