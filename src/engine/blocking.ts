// Commands that wait: BLPOP and its kind park the session on keys; whoever makes such a key ready has the parked call run
// again, from the start, in the order in which they came. Nothing waits in here: deadlines are asked for by the owner of
// the clock.

import type { Reply } from "./reply.ts";

export interface Waiting {
  readonly keys: readonly string[];
  /** Relative, in ms; 0 waits for ever. */
  readonly timeoutMs: number;
  /** What the client gets when the time is over. */
  readonly timeoutReply: Reply;
}
