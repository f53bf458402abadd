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
  /** Links to replicas closed because too much waited for them. */
  outputLimitCuts = 0;
  /** Bytes from and to clients, and of the replication stream; the owner of the connections counts them. */
  netInputBytes = 0;
  netOutputBytes = 0;
  netReplicationInputBytes = 0;
  netReplicationOutputBytes = 0;
  readsProcessed = 0;
  writesProcessed = 0;
  queryBufferDisconnections = 0;
  outputBufferDisconnections = 0;
  evictedClients = 0;
  replyBufferShrinks = 0;
  replyBufferExpands = 0;
  /** Turns of the owner's event loop, and microseconds spent in them, in commands and in the periodic work. */
  eventLoopCycles = 0;
  eventLoopUs = 0;
  eventLoopMaxUs = 0;
  eventLoopCommandUs = 0;
  eventLoopCronUs = 0;
  commandsPerCycleMax = 0;
  /** Child processes that were started, and how long the last start took, in us. */
  forks = 0;
  lastForkUs = 0;
  lazyFreedObjects = 0;
  dumpPayloadSanitizations = 0;

  reset(): void {
    Object.assign(this, new EngineStats());
  }
}

export interface NestedEffort {
  calls: number;
  elements: number;
}

/** What the command (or cron) that ran last did: the cost model turns it into time. */
export class Effort {
  /** Elements of collections, keys or bytes' blocks that the command touched, as its cost row counts them. */
  elements = 0;
  /** Of these, keys that KEYS looked at and did not answer. */
  skipped = 0;
  /** Keys that were evicted and expired on the way. */
  evictedKeys = 0;
  expiredKeys = 0;
  /** Elements freed on the engine thread, and those handed to the background thread. */
  freedElements = 0;
  lazyFreedElements = 0;
  /** Of these, fields of hashes: each has a value of its own. */
  freedFields = 0;
  lazyFreedFields = 0;
  /** Time that the command takes by its own definition (DEBUG SLEEP), in ns. */
  fixedNs = 0;
  /** Instructions of Lua that scripts have run. */
  instructions = 0;
  /** Commands that ran inside the call (EXEC, scripts), by id: how often, and the elements of `elements` that were theirs. */
  readonly nested = new Map<number, NestedEffort>();

  addNested(commandId: number, elements: number): void {
    const known = this.nested.get(commandId);
    if (known === undefined) this.nested.set(commandId, { calls: 1, elements });
    else {
      known.calls++;
      known.elements += elements;
    }
  }

  reset(): void {
    this.elements = 0;
    this.evictedKeys = 0;
    this.expiredKeys = 0;
    this.freedElements = 0;
    this.lazyFreedElements = 0;
    this.skipped = 0;
    this.freedFields = 0;
    this.lazyFreedFields = 0;
    this.fixedNs = 0;
    this.instructions = 0;
    if (this.nested.size > 0) this.nested.clear();
  }
}
