// The cluster bus of a served engine: its sockets, its timer, its file.

import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { connect, createServer, type Server as NetServer, type Socket } from "node:net";
import { join } from "node:path";
import { Bus, type BusOwner } from "../../engine/cluster/bus.ts";
import { Cluster } from "../../engine/cluster/cluster.ts";
import { messageLength } from "../../engine/cluster/message.ts";
import type { BusLink, ClusterNode } from "../../engine/cluster/node.ts";
import { Redirection } from "../../engine/cluster/redirect.ts";
import type { Server } from "../server.ts";
import { nodesFileText, readNodesFile } from "./nodes-file.ts";

const CRON_MS = 100;
/** The bus listens so far above the clients' port. */
const BUS_PORT_OFFSET = 10_000;

class SocketLink implements BusLink {
  node: ClusterNode | null = null;
  private received: Buffer = Buffer.alloc(0);
  private closed = false;
  private queue: Uint8Array[] = [];
  private queuedBytes = 0;
  localIp = "";
  remoteIp = "";

  constructor(
    private readonly service: ClusterService,
    private readonly socket: Socket,
    readonly inbound: boolean,
    readonly createdMs: number,
  ) {
    if (inbound) this.learnAddresses();
    socket.setNoDelay(true);
    socket.on("connect", () => {
      this.learnAddresses();
      if (!this.closed) service.run(() => service.bus.connected(this));
    });
    socket.on("data", chunk => this.take(chunk));
    socket.on("error", () => this.ended());
    socket.on("close", () => this.ended());
  }

  private learnAddresses(): void {
    this.localIp = (this.socket.localAddress ?? "").replace("::ffff:", "");
    this.remoteIp = (this.socket.remoteAddress ?? "").replace("::ffff:", "");
  }

  get pendingBytes(): number {
    return this.queuedBytes + this.socket.writableLength;
  }

  /** What is said in one turn goes out together at its end. */
  send(bytes: Uint8Array): void {
    if (this.closed) return;
    if (this.queue.length === 0) setImmediate(() => this.flush());
    this.queue.push(bytes);
    this.queuedBytes += bytes.length;
  }

  private flush(): void {
    const { queue } = this;
    this.queue = [];
    this.queuedBytes = 0;
    if (!this.closed && queue.length > 0) this.socket.write(queue.length === 1 ? queue[0] : Buffer.concat(queue));
  }

  private take(chunk: Buffer): void {
    this.received = this.received.length === 0 ? chunk : Buffer.concat([this.received, chunk]);
    while (!this.closed) {
      const length = messageLength(this.received);
      if (length === -1) return this.close();
      if (length === 0 || this.received.length < length) return;
      const bytes = this.received.subarray(0, length);
      this.received = this.received.subarray(length);
      this.service.run(() => this.service.bus.receive(this, bytes));
    }
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.socket.destroy();
    this.service.forget(this);
  }

  private ended(): void {
    if (this.closed) return;
    this.close();
    this.service.bus.lost(this);
  }
}

export class ClusterService implements BusOwner {
  readonly cluster: Cluster;
  readonly bus: Bus;
  private readonly redirection: Redirection;
  private readonly links = new Set<SocketLink>();
  private listeners: NetServer[] = [];
  private timer: NodeJS.Timeout | null = null;
  port = 0;
  busPort = 0;
  private saving = false;
  private closed = false;

  constructor(private readonly server: Server) {
    const { engine } = server;
    this.cluster = new Cluster(engine);
    this.redirection = new Redirection(this.cluster);
    this.bus = new Bus(this.cluster, this);
    engine.clusterState = this.cluster;
    engine.cluster = this.redirection;
  }

  private get file(): string {
    const { parameters } = this.server.engine;
    return join(parameters.text("dir"), parameters.text("cluster-config-file"));
  }

  /** Reads what was known, and opens the bus. */
  async start(port: number): Promise<void> {
    const { parameters } = this.server.engine;
    if (existsSync(this.file)) {
      const text = readFileSync(this.file, "latin1");
      if (text.trim() !== "") readNodesFile(this.cluster, text);
    }
    this.log(`Node configuration loaded, I'm ${this.cluster.myself.id}`);
    const configured = parameters.number("cluster-port");
    const wanted = configured > 0 ? configured : port + BUS_PORT_OFFSET;
    this.busPort = await this.open(wanted > 65_535 ? 0 : wanted);
    this.port = port;
    this.bus.refreshMyself();
    this.claimOwnKeys();
    this.write();
    this.timer = setInterval(() => this.cron(), CRON_MS);
  }

  private async open(wanted: number): Promise<number> {
    let port = wanted;
    for (const word of this.server.engine.parameters
      .text("bind")
      .split(" ")
      .filter(one => one !== "")) {
      const optional = word.startsWith("-");
      const host = optional ? word.slice(1) : word;
      try {
        port = await this.listen(port, host === "*" ? "0.0.0.0" : host.replace(/^::\*$/u, "::"));
      } catch (error) {
        if (!optional) throw new Error(`Failed listening on port ${port} (cluster): ${(error as Error).message}`);
      }
    }
    return port;
  }

  private listen(port: number, host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      const listener = createServer(socket => {
        this.links.add(new SocketLink(this, socket, true, this.server.engine.nowMs));
      });
      listener.once("error", reject);
      listener.listen({ port, host }, () => {
        listener.removeListener("error", reject);
        listener.on("error", (error: Error) => this.log(`Error accepting cluster node: ${error.message}`));
        this.listeners.push(listener);
        resolve((listener.address() as { port: number }).port);
      });
    });
  }

  /** Keys of slots that nobody has are this node's; those of slots of others must go. */
  private claimOwnKeys(): void {
    const { cluster } = this;
    if (cluster.myself.isReplica) return;
    for (let slot = 0; slot < cluster.slots.length; slot++) {
      if (cluster.keysIn(slot) === 0) continue;
      const owner = cluster.slots[slot];
      if (owner === cluster.myself || cluster.importing.has(slot)) continue;
      if (owner === null) {
        this.log(`I have keys for unassigned slot ${slot}. Taking responsibility for it.`);
        cluster.assign(slot, cluster.myself);
      } else {
        this.log(`I have keys for slot ${slot}, but the slot is assigned to another node. Deleting keys in the slot.`);
        cluster.deleteKeysIn(slot);
      }
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    if (this.timer !== null) clearInterval(this.timer);
    const closing = this.listeners.map(listener => new Promise<void>(done => listener.close(() => done())));
    for (const link of [...this.links]) link.close();
    await Promise.all(closing);
  }

  // -------------------------------------------------------------------------------------------------------------
  // For the bus.

  connect(node: ClusterNode): BusLink | null {
    if (this.closed || node.ip === "" || node.busPort === 0) return null;
    const socket = connect({ host: node.ip, port: node.busPort });
    const link = new SocketLink(this, socket, false, this.server.engine.nowMs);
    link.node = node;
    this.links.add(link);
    return link;
  }

  forget(link: SocketLink): void {
    this.links.delete(link);
  }

  log(line: string): void {
    this.server.log(line);
  }

  /** Written down at the end of the turn, however often it changes in it. */
  save(): void {
    if (this.saving || this.closed || this.timer === null) return;
    this.saving = true;
    setImmediate(() => {
      this.saving = false;
      const problem = this.closed ? null : this.write();
      if (problem !== null) this.log(`Could not save the cluster configuration: ${problem}`);
    });
  }

  saveNow(): string | null {
    return this.write();
  }

  private write(): string | null {
    try {
      const beside = `${this.file}.tmp-${process.pid}`;
      writeFileSync(beside, nodesFileText(this.cluster), "latin1");
      renameSync(beside, this.file);
      return null;
    } catch (error) {
      return (error as Error).message;
    }
  }

  /** Something happens on the bus: with the clock up to date, and with its effects sent. */
  run(work: () => void): void {
    this.server.tick();
    work();
    this.server.turnSoon();
  }

  private cron(): void {
    this.run(() => {
      this.bus.cron();
      this.redirection.redirectBlocked();
    });
  }
}
