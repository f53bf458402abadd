// What an engine counts.

/** Totals since the start or since CONFIG RESETSTAT. */
export class EngineStats {
  keyspaceHits = 0;
  keyspaceMisses = 0;
  expiredKeys = 0;
  evictedKeys = 0;
  commandsProcessed = 0;
  errorReplies = 0;
  rejectedCalls = 0;
  connectionsReceived = 0;
  rejectedConnections = 0;
  fullSyncs = 0;
  partialSyncsOk = 0;
  partialSyncsRefused = 0;

  reset(): void {
    Object.assign(this, new EngineStats());
  }
}

/** What the command (or cron) that ran last did: the cost model turns it into time. */
export class Effort {
  /** Elements of collections, keys or bytes' blocks that the command touched, as its cost row counts them. */
  elements = 0;
  /** Keys that were evicted and expired on the way. */
  evictedKeys = 0;
  expiredKeys = 0;
  /** Elements freed on the engine thread, and those handed to the background thread. */
  freedElements = 0;
  lazyFreedElements = 0;
  /** Time that the command takes by its own definition (DEBUG SLEEP), in ns. */
  fixedNs = 0;

  reset(): void {
    this.elements = 0;
    this.evictedKeys = 0;
    this.expiredKeys = 0;
    this.freedElements = 0;
    this.lazyFreedElements = 0;
    this.fixedNs = 0;
  }
}
