// The Memcached engine on a TCP port, in real time: the wall clock is the store's clock, a timer lets its background threads
// have their turns, sockets bring the commands. Who sends faster than it reads is made to wait.

import { createServer, type Server as NetServer, type Socket } from "node:net";
import { MemcachedStore } from "../../engine/memcached/store.ts";
import { TEXT_COMMANDS } from "../../engine/memcached/text/index.ts";
import { type TextServer, TextSession } from "../../engine/memcached/text/session.ts";
import { describeListenError } from "./listen-error.ts";
import type { MemcachedOptions } from "./options.ts";

/** As the profile memcached-1.6, which is held against this version. */
export const MEMCACHED_VERSION = "1.6.18";
const TICK_MS = 100;
/** Output that may wait for a reader before its commands do. */
const MOST_WAITING = 4 * 1_048_576;

export class MemcachedServer implements TextServer {
  readonly store: MemcachedStore;
  readonly commands = TEXT_COMMANDS;
  readonly cluster: TextServer["cluster"];
  verbosity: number;
  detail = false;
  private readonly sockets = new Set<Socket>();
  private listeners: NetServer[] = [];
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly options: MemcachedOptions,
    private readonly log: (line: string) => void,
  ) {
    this.store = new MemcachedStore(options.settings, Date.now());
    this.verbosity = options.verbosity;
    this.cluster = options.members === null ? null : { version: 1, nodes: options.members };
  }

  get port(): number {
    const address = this.listeners[0]?.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  readonly facts: TextServer["facts"] = {
    pid: process.pid,
    version: MEMCACHED_VERSION,
    port: () => this.port,
    connections: () => this.sockets.size,
  };

  async open(): Promise<void> {
    let { port } = this.options;
    for (const host of this.options.listen) {
      const listener = createServer({ noDelay: true }, socket => this.accept(socket));
      await this.started(listener, host, port);
      this.listeners.push(listener);
      port = this.port;
    }
    this.timer = setInterval(() => this.tick(), TICK_MS);
  }

  private started(listener: NetServer, host: string, port: number): Promise<void> {
    return new Promise((done, failed) => {
      const refused = (error: Error) => failed(describeListenError(error, host, port));
      listener.once("error", refused);
      listener.listen({ port, host, backlog: 1_024 }, () => {
        listener.removeListener("error", refused);
        listener.on("error", error => this.log(`Error accepting a client connection: ${error.message}`));
        done();
      });
    });
  }

  async close(): Promise<void> {
    if (this.timer !== null) clearInterval(this.timer);
    const closing = this.listeners.map(one => new Promise(done => one.close(done)));
    for (const socket of this.sockets) socket.destroy();
    await Promise.all(closing);
    this.listeners = [];
  }

  private tick(): void {
    const now = Date.now();
    if (now > this.store.nowMs) this.store.setTime(now);
  }

  private accept(socket: Socket): void {
    const { stats, settings } = this.store;
    socket.on("error", () => undefined);
    if (this.sockets.size >= settings.maxConnections) {
      stats.rejectedConnections++;
      socket.end("ERROR Too many open connections\r\n");
      return;
    }
    stats.totalConnections++;
    this.sockets.add(socket);
    const session = new TextSession(this);
    if (settings.idleTimeout > 0) socket.setTimeout(settings.idleTimeout * 1_000, () => socket.destroy());
    if (this.verbosity > 0) this.log(`new connection from ${socket.remoteAddress}`);
    socket.on("data", chunk => {
      session.receive(chunk.toString("latin1"));
      this.serve(socket, session);
    });
    socket.on("drain", () => this.serve(socket, session));
    socket.on("close", () => {
      this.sockets.delete(socket);
      session.ended();
    });
  }

  private serve(socket: Socket, session: TextSession): void {
    this.tick();
    let more = true;
    while (more && socket.writableLength < MOST_WAITING) {
      more = session.work(MOST_WAITING);
      const parts = session.take();
      if (parts.length > 0) {
        socket.cork();
        for (const part of parts) socket.write(part, "latin1");
        socket.uncork();
      }
    }
    if (session.closing) socket.destroySoon();
    else if (more) socket.pause();
    else if (socket.isPaused()) socket.resume();
  }
}
