// How many nodes of which type have been in service, and for how long: what the bill multiplies. A lost node and its
// replacement count as one; a node that is added or removed counts from or up to that instant.

export class Capacity {
  private readonly counts = new Map<string, number>();
  private readonly nodeNs = new Map<string, number>();
  private accountedNs = 0;

  constructor(private readonly now: () => number) {}

  add(type: string): void {
    this.change(type, 1);
  }

  remove(type: string): void {
    this.change(type, -1);
  }

  private change(type: string, by: number): void {
    this.account();
    this.counts.set(type, (this.counts.get(type) ?? 0) + by);
  }

  private account(): void {
    const elapsed = this.now() - this.accountedNs;
    for (const [type, count] of this.counts) {
      this.nodeNs.set(type, (this.nodeNs.get(type) ?? 0) + count * elapsed);
    }
    this.accountedNs = this.now();
  }

  /** Mean number of nodes of each type from the start up to now; at the very start, the number. */
  means(): { readonly type: string; readonly nodes: number }[] {
    this.account();
    const ns = this.accountedNs;
    return [...this.counts].flatMap(([type, count]) => {
      const nodes = ns === 0 ? count : (this.nodeNs.get(type) ?? 0) / ns;
      return nodes === 0 ? [] : [{ type, nodes }];
    });
  }

  /** Nodes in service now. */
  get nodes(): number {
    let sum = 0;
    for (const count of this.counts.values()) sum += count;
    return sum;
  }
}
