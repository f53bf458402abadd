// The sessions of a node's engine: its primary's, and those that its clients share, by how they ask.

import type { Engine } from "../engine/engine.ts";
import type { Session } from "../engine/session.ts";
import { NO_REQUEST, ORDINARY, READONLY } from "./requests.ts";

export class NodeSessions {
  readonly primary: Session;
  readonly client: Session;
  /** Sees requests that ask a replica; null while nobody watches. */
  readonlyWatcher: ((request: number) => void) | null = null;
  private readonly readonly: Session;

  constructor(engine: Engine) {
    this.primary = engine.session(1, true);
    this.client = engine.session(2);
    this.readonly = engine.session(3);
    this.readonly.readonly = true;
  }

  /** For a command that asks as ORDINARY, READONLY or ASKING says. */
  for(kind: number, request = NO_REQUEST): Session {
    if (kind === ORDINARY) return this.client;
    if (kind === READONLY) {
      if (request !== NO_REQUEST) this.readonlyWatcher?.(request);
      return this.readonly;
    }
    // Holds for one call.
    this.client.asking = true;
    return this.client;
  }
}
