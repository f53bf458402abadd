// What a protection against stampedes decides: who asks the origin when a key is not in the cache, or soon will not be, and
// what the others do meanwhile. One per file, a table in index.ts. Reading itself is the read path's business.

import type { Reply } from "../../engine/reply.ts";

/** What a protection may ask of the read path. */
export interface Loading {
  /** Has the request ask the origin; `degraded`: the cache cannot be reached, so nothing is stored. */
  load(request: number, degraded: boolean): void;
  /** Looks into the cache (again). */
  look(request: number): void;
  /** Answers with what the cache gave. */
  serve(request: number, value: Reply): void;
  /** Ends a request whose value is stored; one that got none. */
  answer(request: number): void;
  fail(request: number): void;
  /** Makes the key's value anew behind the request's back. */
  refresh(request: number): void;
}

export interface Protection {
  /** Whether stored values must carry when they ought to be made anew. */
  readonly needsEnvelope: boolean;
  /** How long a value stays in the cache after that, in seconds. */
  readonly graceSeconds: number;
  /** Nothing there; `degraded`: nobody knows, the cache could not be reached. */
  missed(request: number, degraded: boolean): void;
  /** There it is. True: the protection takes care of the request. */
  found?(request: number, value: Reply): boolean;
  /** The request that was told to load has its value, and has stored it. True: the protection will answer it. */
  loaded?(request: number): boolean;
  /** It has got none. True: the protection will end it. */
  loadFailed?(request: number): boolean;
  /** A step of the protection's own. */
  replied?(request: number, reply: Reply): void;
  failed?(request: number): void;
  resumed?(request: number): void;
}
