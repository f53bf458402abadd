// A real redis-server on a free loopback port, as the oracle of the tests that have one installed, and a client that
// sends calls in one piece and waits for as many replies.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeCall, type Wire, WireReader } from "./wire.ts";

/** The version that the engine's redis-7.0 profile is held against. */
const VERSION = "7.0.15";

function installedVersion(): string | undefined {
  const { stdout } = spawnSync("redis-server", ["--version"], { encoding: "utf8" });
  return /v=(\S+)/u.exec(stdout ?? "")?.[1];
}

const found = installedVersion();
/** Why the tests against a real server cannot run here; null when they can. */
export const noServer: string | null =
  found === VERSION ? null : `needs redis-server ${VERSION}, found ${found ?? "none"}`;

interface Waiting {
  left: number;
  readonly replies: Wire[];
  readonly done: (replies: Wire[]) => void;
  readonly failed: (error: Error) => void;
}

export class Client {
  private readonly reader = new WireReader();
  private readonly waiting: Waiting[] = [];

  constructor(private readonly socket: Socket) {
    socket.setNoDelay(true);
    socket.on("data", chunk => {
      this.reader.feed(chunk);
      this.deliver();
    });
    socket.on("close", () => {
      for (const { failed, replies, left } of this.waiting.splice(0)) {
        failed(new Error(`the server closed the connection, ${left} replies short, after ${JSON.stringify(replies)}`));
      }
    });
  }

  private deliver(): void {
    for (let reply = this.reader.take(); reply !== undefined; reply = this.reader.take()) {
      const first = this.waiting[0];
      first.replies.push(reply);
      if (--first.left > 0) continue;
      this.waiting.shift();
      first.done(first.replies);
    }
  }

  /** Sends all calls at once; their replies in order. */
  pipeline(calls: readonly (readonly string[])[]): Promise<Wire[]> {
    if (calls.length === 0) return Promise.resolve([]);
    return new Promise((done, failed) => {
      this.waiting.push({ left: calls.length, replies: [], done, failed });
      this.socket.write(calls.map(encodeCall).join(""), "latin1");
    });
  }

  async call(...argv: string[]): Promise<Wire> {
    return (await this.pipeline([argv]))[0];
  }

  close(): void {
    this.socket.destroy();
  }
}

export interface RealServer {
  connect(): Promise<Client>;
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("no port was given");
  return address.port;
}

/** Resolves when the server says that it is ready. */
function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = "";
    child.stdout!.on("data", chunk => {
      log += String(chunk);
      if (log.includes("Ready to accept connections")) resolve();
    });
    child.on("exit", code => reject(new Error(`redis-server ended with ${code}: ${log}`)));
  });
}

/** Starts a server without persistence; `options` are further command-line options. */
export async function startServer(...options: string[]): Promise<RealServer> {
  // Between finding a port and binding it somebody else may take it.
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOn(await freePort(), options);
    } catch (error) {
      if (attempt === 3) throw error;
    }
  }
}

async function startOn(port: number, options: readonly string[]): Promise<RealServer> {
  const directory = mkdtempSync(join(tmpdir(), "cachecast-"));
  const fixed = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
  const child = spawn("redis-server", [...fixed, "--dir", directory, ...options], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  const forget = () => {
    process.off("exit", kill);
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    await ready(child);
  } catch (error) {
    forget();
    throw error;
  }
  return {
    async connect() {
      const socket = connect(port, "127.0.0.1");
      await once(socket, "connect");
      return new Client(socket);
    },
    async stop() {
      const ended = once(child, "exit");
      kill();
      await ended;
      forget();
    },
  };
}

/** The fields of an INFO text. */
export function infoFields(text: Wire): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of String(text).split("\r\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1));
  }
  return fields;
}
