// Which version of a key is the current one, and since when an older one is out of date. The store behind the cache says
// so (with write-behind: the cache itself); what a reader was given carries its version, so the age of a stale answer is
// exact however it came about.
//
// Versions are numbered one by one over all keys of a workload. The first `keyCount` of them are what the keys are at the
// beginning: version k is that of key k, which is also the seed of the value that a preload stores. One column says when a
// version was superseded: eight bytes a write.

const INITIAL_ROOM = 1_024;
/** Of keys that came later and were not written yet: what anybody has of them is what there is. */
const UNWRITTEN = -1;

export class Versions {
  private supersededNs: Float64Array;
  private latest: Int32Array;
  private count: number;

  constructor(private readonly keyCount: number) {
    this.supersededNs = new Float64Array(keyCount + INITIAL_ROOM).fill(Number.POSITIVE_INFINITY);
    this.latest = Int32Array.from({ length: keyCount }, (_, key) => key);
    this.count = keyCount;
  }

  /** What a key is before anybody has written it. */
  initial(key: number): number {
    return key < this.keyCount ? key : UNWRITTEN;
  }

  current(key: number): number {
    return this.latest[key] ?? UNWRITTEN;
  }

  /** A number for a version that is being written, and is not yet the current one. */
  issue(): number {
    if (this.count === this.supersededNs.length) {
      const wider = new Float64Array(this.count * 2).fill(Number.POSITIVE_INFINITY);
      wider.set(this.supersededNs);
      this.supersededNs = wider;
    }
    return this.count++;
  }

  /** From now on this is the key's version. */
  commit(key: number, version: number, nowNs: number): void {
    if (key >= this.latest.length) {
      const wider = new Int32Array(2 * (key + 1)).fill(UNWRITTEN);
      wider.set(this.latest);
      this.latest = wider;
    }
    const before = this.latest[key];
    if (before !== UNWRITTEN) this.supersededNs[before] = nowNs;
    this.latest[key] = version;
  }

  /** A version that had been replaced before anybody knew of it. */
  bury(version: number, nowNs: number): void {
    this.supersededNs[version] = nowNs;
  }

  /** Since when a version has been out of date; Infinity: it is current. */
  supersededAt(version: number): number {
    return version === UNWRITTEN ? Number.POSITIVE_INFINITY : this.supersededNs[version];
  }
}
