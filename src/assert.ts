// Bugs stop the run. An assertion that fails inside the simulated world is re-thrown by the run loop with the seed and
// the simulated time, so that whoever reads it can repeat the run. Bad input never comes here: it becomes an issue in
// `scenarios/`, and a refused command becomes an error reply.

/** A broken invariant of cachecast itself; never the user's fault. */
export class BugError extends Error {
  override readonly name = "BugError";
}

/** Throws `BugError` unless the condition holds. Put both numbers into the message: the value and the bound. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new BugError(message);
}

/** Fails with a message. On hot paths `if (bad) fail(...)` makes the message only when it is needed. */
export function fail(message: string): never {
  throw new BugError(message);
}

/** Marks a branch that the types rule out. */
export function unreachable(value: never): never {
  throw new BugError(`unreachable value ${String(value)}`);
}
