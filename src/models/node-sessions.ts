// The sessions of a node's engine: its primary's, and those that its clients share, by how they ask and as whom.

import type { Engine } from "../engine/engine.ts";
import type { Session } from "../engine/session.ts";
import type { UserConfig } from "./config.ts";
import { NO_REQUEST, ORDINARY, READONLY, userOf, wayOf } from "./requests.ts";

/** Session numbers: control plane 0, primary 1, logins 2, then two per user, the default one first, then those with a connection. */
export const CONTROL_SESSION = 0;
export const LOGIN_SESSION = 2;
const FIRST = 3;

interface Pair {
  readonly plain: Session;
  readonly readonly: Session;
}

export class NodeSessions {
  readonly primary: Session;
  /** The default user's, who asks in the ordinary way. */
  readonly client: Session;
  /** Sees requests that ask a replica; null while nobody watches. */
  readonlyWatcher: ((request: number) => void) | null = null;
  private readonly pairs: Pair[];
  private next: number;

  constructor(
    private readonly engine: Engine,
    users: readonly UserConfig[],
  ) {
    this.primary = engine.session(1, true);
    // They stand for connections that have logged in.
    this.pairs = ["default", ...users.map(user => user.name)].map((name, index): Pair => {
      const plain = engine.session(FIRST + 2 * index);
      const readonly = engine.session(FIRST + 2 * index + 1);
      plain.user = readonly.user = name;
      plain.authenticated = readonly.authenticated = true;
      readonly.readonly = true;
      return { plain, readonly };
    });
    this.client = this.pairs[0].plain;
    this.next = FIRST + 2 * this.pairs.length;
  }

  /** A connection of its own, for somebody who listens. */
  open(): Session {
    return this.engine.session(this.next++);
  }

  close(session: Session): void {
    this.engine.disconnect(session);
  }

  /** For a command that asks as its request's `session` says. */
  for(session: number, request = NO_REQUEST): Session {
    const { plain, readonly } = this.pairs[userOf(session) + 1];
    const way = wayOf(session);
    if (way === ORDINARY) return plain;
    if (way === READONLY) {
      if (request !== NO_REQUEST) this.readonlyWatcher?.(request);
      return readonly;
    }
    // Holds for one call.
    plain.asking = true;
    return plain;
  }
}
