// What a served engine listens on: addresses and a port, which may change while it runs, and a path of the file system.

import { chmodSync, rmSync } from "node:fs";
import { createServer, type Server as NetServer, Socket } from "node:net";
import type { Parameters, Refusal } from "../engine/parameters.ts";
import { BusyAcceptor } from "./busy-acceptor.ts";
import { addressesOf, firstUnavailable } from "./port-probe.ts";

export interface ListenersOptions {
  readonly parameters: Parameters;
  readonly log: (line: string) => void;
  readonly accept: (socket: Socket) => void;
}

export class Listeners {
  private readonly listeners: NetServer[] = [];
  private readonly paths: NetServer[] = [];
  /** Port and addresses as they were configured when these listeners were made. */
  private opened = "";
  /** Made when a script runs for too long; for the listeners of that time. */
  private acceptor: BusyAcceptor | null = null;

  constructor(private readonly options: ListenersOptions) {}

  /** The port that clients reach; 0 before there is one. */
  get port(): number {
    const address = this.listeners[0]?.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  private get wanted(): string {
    const { parameters } = this.options;
    return `${parameters.text("port")} ${parameters.text("bind")}`;
  }

  /** Listens on the configured addresses and path; resolves with the port. */
  async open(): Promise<number> {
    const { parameters } = this.options;
    let port = parameters.number("port");
    this.opened = this.wanted;
    for (const { host, optional } of addressesOf(parameters.text("bind"))) {
      try {
        port = await this.listen(port, host);
      } catch (error) {
        if (!optional) throw new Error(`Failed listening on port ${port} of ${host}: ${(error as Error).message}`);
      }
    }
    const path = parameters.text("unixsocket");
    if (path !== "" && this.paths.length === 0) await this.listenOnPath(path);
    return port;
  }

  /** Resolves with the port, which differs from the one asked for only when that was 0. */
  private async listen(port: number, host: string): Promise<number> {
    const listener = createServer({ noDelay: true }, socket => this.options.accept(socket));
    await this.started(listener, { port, host, backlog: this.backlog });
    this.listeners.push(listener);
    return (listener.address() as { port: number }).port;
  }

  private async listenOnPath(path: string): Promise<void> {
    // Whatever a server that has ended left there.
    rmSync(path, { force: true });
    const listener = createServer(socket => this.options.accept(socket));
    await this.started(listener, { path, backlog: this.backlog });
    this.paths.push(listener);
    const mode = Number.parseInt(this.options.parameters.text("unixsocketperm"), 8);
    if (mode !== 0) chmodSync(path, mode);
  }

  private get backlog(): number {
    return this.options.parameters.number("tcp-backlog");
  }

  private started(listener: NetServer, where: object): Promise<void> {
    return new Promise((resolve, reject) => {
      listener.once("error", reject);
      listener.listen(where, () => {
        listener.removeListener("error", reject);
        listener.on("error", error => this.options.log(`Error accepting a client connection: ${error.message}`));
        resolve();
      });
    });
  }

  /** Moves to the port and the addresses that are configured now, if that can be done. */
  move(): Refusal | null {
    if (this.wanted === this.opened) return null;
    const refusal = this.refusal();
    if (refusal !== null) return refusal;
    for (const listener of this.listeners.splice(0)) listener.close();
    this.acceptor = null;
    // Listening is asynchronous: what goes wrong now, against what the probe says, is in the log.
    this.open().catch((error: Error) => this.options.log(error.message));
    return null;
  }

  private refusal(): Refusal | null {
    const { parameters, log } = this.options;
    const newPort = !this.opened.startsWith(`${parameters.text("port")} `);
    // Our own listeners hold the old port: of new addresses it is only tried whether they are ours.
    const port = newPort ? parameters.number("port") : 0;
    const needed = addressesOf(parameters.text("bind")).filter(({ optional }) => !optional);
    const refused = firstUnavailable(needed.map(({ host }) => ({ host, port })));
    if (refused === null) return null;
    log(`Could not listen on ${refused.host}${newPort ? `, port ${port}` : ""}`);
    return newPort
      ? { name: "port", reason: "Unable to listen on this port. Check server logs." }
      : { name: "bind", reason: "Failed to bind to specified addresses." };
  }

  /** Accepts while the event loop stands still. */
  poll(): void {
    this.acceptor ??= BusyAcceptor.over([...this.listeners, ...this.paths], this.backlog, descriptor =>
      this.options.accept(new Socket({ fd: descriptor, readable: true, writable: true })),
    );
    this.acceptor?.poll();
  }

  /** The event loop turns again. */
  rest(): void {
    this.acceptor?.rest();
  }

  close(): Promise<unknown> {
    const all = [...this.listeners, ...this.paths];
    return Promise.all(all.map(listener => new Promise<void>(done => listener.close(() => done()))));
  }
}
