// Validation by PING (testOnBorrow of Java's pools): before a command a connection that is lent carries a PING, and only an
// answer lets the command follow. Each command pays one exchange more: a round trip, the client's overhead and the server's
// turn for a PING. A connection that fails the test (closed, silent until the command timeout, an error such as LOADING) is
// thrown away and the next one is tried, as often as the pool is large; that is no try of the command.
//
// Left out: tests of idle connections in the background (testWhileIdle), and libraries that test only what has been idle for
// some time.

import type { Bytes } from "../../engine/bytes.ts";
import { ErrorReply } from "../../engine/reply.ts";
import type { Pool } from "../pool.ts";
import type { Requests } from "../requests.ts";
import type { Connections } from "./connections.ts";

/** Who sends commands: the client group. */
export interface Sender {
  readonly connections: Connections;
  sendOver(request: number, pool: Pool): void;
  write(request: number, connection: number): void;
  tryAgainOrFail(request: number, failure: "connection"): void;
}

interface Held {
  readonly argv: readonly Bytes[];
  readonly hinted: number;
  readonly session: number;
  failures: number;
}

const PING: readonly Bytes[] = ["PING"];

export class PingBefore {
  /** Tests that were sent, and those that failed. */
  sent = 0;
  failed = 0;
  /** The requests under test, with what they are about to ask. */
  private readonly held = new Map<number, Held>();

  constructor(
    private readonly requests: Requests,
    /** Failed tests after which the try has failed. */
    private readonly most: number,
    /** How a request asks as ever: a test is neither READONLY nor ASKING. */
    private readonly session: number,
    private readonly sender: Sender,
  ) {}

  /** The request asks PING now, until `over`. */
  begin(request: number): void {
    const { requests } = this;
    this.sent++;
    if (this.held.has(request)) return;
    this.held.set(request, {
      argv: requests.argv[request],
      hinted: requests.hinted[request],
      session: requests.session[request],
      failures: 0,
    });
    requests.argv[request] = PING;
    requests.hinted[request] = 0;
    requests.session[request] = this.session;
  }

  isUnderWay(request: number): boolean {
    return this.held.has(request);
  }

  /** The connection under test is gone: whether another one is tried. */
  takesAnother(request: number): boolean {
    const held = this.held.get(request);
    if (held === undefined) return false;
    this.failed++;
    if (++held.failures >= this.most) return false;
    const { connections } = this.sender;
    this.sender.sendOver(request, connections.poolOfRequest(request));
    return true;
  }

  /** The connection has answered: the command follows, unless the answer is an error. */
  answered(request: number): void {
    const { requests, sender } = this;
    const channel = requests.channel[request];
    requests.onWire[request] = 0;
    if (!(requests.reply[request] instanceof ErrorReply)) {
      this.over(request);
      return sender.write(request, channel);
    }
    requests.generation[request]++;
    sender.connections.drop(channel);
    if (!this.takesAnother(request)) sender.tryAgainOrFail(request, "connection");
  }

  /** The request asks again what it is there for. */
  over(request: number): void {
    const held = this.held.get(request);
    if (held === undefined) return;
    this.held.delete(request);
    this.requests.argv[request] = held.argv;
    this.requests.hinted[request] = held.hinted;
    this.requests.session[request] = held.session;
  }
}
