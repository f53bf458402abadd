// client-output-buffer-limit: a client that does not read what it asked for is cut off, at once above the hard limit, after
// a while above the soft one.

import { REPLY_BUFFER_MAX } from "../engine/client-buffers.ts";
import { overflow } from "../engine/clients.ts";
import type { Engine } from "../engine/engine.ts";
import type { Session } from "../engine/session.ts";

interface Limit {
  readonly hard: number;
  readonly soft: number;
  readonly softMs: number;
}

export class OutputLimits {
  private text = "";
  private limits = new Map<string, Limit>();
  private readonly softSince = new WeakMap<Session, number>();

  constructor(private readonly engine: Engine) {}

  exceeded(session: Session): boolean {
    const limit = this.of(session);
    const bytes = overflow(session);
    if (limit.hard > 0 && bytes >= limit.hard) return true;
    if (limit.soft === 0 || bytes < limit.soft) {
      this.softSince.delete(session);
      return false;
    }
    const since = this.softSince.get(session);
    if (since === undefined) {
      this.softSince.set(session, this.engine.nowMs);
      return false;
    }
    return this.engine.nowMs - since > limit.softMs;
  }

  /** The bytes at which a connection is closed at once. */
  hardLimit(session: Session): number {
    const { hard } = this.of(session);
    return hard === 0 ? Number.POSITIVE_INFINITY : hard + REPLY_BUFFER_MAX;
  }

  private of(session: Session): Limit {
    const text = this.engine.parameters.text("client-output-buffer-limit");
    if (text !== this.text) {
      this.text = text;
      const words = text.split(" ");
      for (let i = 0; i + 3 < words.length; i += 4) {
        const [hard, soft, seconds] = words.slice(i + 1, i + 4).map(Number);
        this.limits.set(words[i] === "slave" ? "replica" : words[i], { hard, soft, softMs: seconds * 1_000 });
      }
    }
    const kind = session.isReplica ? "replica" : session.subscribed ? "pubsub" : "normal";
    const limit = this.limits.get(kind) ?? NO_LIMIT;
    if (kind !== "replica") return limit;
    // A replica may lag behind by the backlog: if it were cut off it would come back and be sent just that.
    const least = (bytes: number) => (bytes === 0 ? 0 : Math.max(bytes, this.engine.replication.backlogSize));
    return { ...limit, hard: least(limit.hard), soft: least(limit.soft) };
  }
}

const NO_LIMIT: Limit = { hard: 0, soft: 0, softMs: 0 };
