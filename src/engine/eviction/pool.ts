// The pool of eviction candidates. Instead of ranking all keys the server samples a few per eviction and keeps the best
// sixteen seen so far, from one eviction to the next. Candidates stay in the pool when their key is deleted or used
// again; whoever takes one out checks that the key still exists and otherwise takes the next.
//
// Candidates stand in ascending order of score: the best to evict is the last.

export const POOL_SIZE = 16;

export class EvictionPool {
  private readonly keys: string[] = [];
  private readonly databases: number[] = [];
  private readonly scores: number[] = [];

  /** Offers a candidate. A full pool takes it only if it beats the worst one, which leaves. */
  offer(key: string, database: number, score: number): void {
    const { keys, databases, scores } = this;
    let at = 0;
    while (at < scores.length && scores[at] < score) at++;
    if (scores.length === POOL_SIZE) {
      if (at === 0) return;
      keys.shift();
      databases.shift();
      scores.shift();
      at--;
    }
    keys.splice(at, 0, key);
    databases.splice(at, 0, database);
    scores.splice(at, 0, score);
  }

  /** Takes the best candidate out; null when the pool is empty. */
  take(): { key: string; database: number } | null {
    const key = this.keys.pop();
    if (key === undefined) return null;
    this.scores.pop();
    return { key, database: this.databases.pop()! };
  }

  get size(): number {
    return this.keys.length;
  }
}
