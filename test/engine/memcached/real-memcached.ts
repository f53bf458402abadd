// A real memcached on a free loopback port, as the oracle of the tests where one is installed, and a client that sends text
// and takes what comes back up to the answer of a no-op behind it.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** The version that the engine is held against. */
const VERSION = "1.6.18";

function installedVersion(): string | undefined {
  const { stdout } = spawnSync("memcached", ["-V"], { encoding: "utf8" });
  return /(\d\S+)/u.exec(stdout ?? "")?.[1];
}

const found = installedVersion();
/** Why the tests against a real server cannot run here; null when they can. */
export const noMemcached: string | null =
  found === VERSION ? null : `needs memcached ${VERSION}, found ${found ?? "none"}`;

export class RealMemcached {
  private text = "";
  private wake: (() => void) | null = null;
  closed = false;

  private constructor(
    private readonly child: ChildProcess,
    private readonly port: number,
    private socket: Socket,
  ) {
    this.listen();
  }

  static async start(...options: string[]): Promise<RealMemcached> {
    const port = await freePort();
    const user = process.getuid?.() === 0 ? ["-u", "nobody"] : [];
    const child = spawn("memcached", ["-l", "127.0.0.1", "-p", String(port), "-U", "0", ...user, ...options], {
      stdio: "ignore",
    });
    for (let tries = 0; ; tries++) {
      try {
        return new RealMemcached(child, port, await open(port));
      } catch (error) {
        if (tries === 200) throw error;
        await new Promise(done => setTimeout(done, 10));
      }
    }
  }

  private listen(): void {
    this.closed = false;
    this.text = "";
    this.socket.setNoDelay(true);
    this.socket.on("data", chunk => {
      this.text += chunk.toString("latin1");
      this.wake?.();
    });
    this.socket.on("close", () => {
      this.closed = true;
      this.wake?.();
    });
    this.socket.on("error", () => undefined);
  }

  /** After the server has closed the connection. */
  async reconnect(): Promise<void> {
    this.socket = await open(this.port);
    this.listen();
  }

  /** What the server says to a text; all of it, since the answer to a no-op follows. Ends early when it closes. */
  async ask(text: string): Promise<string> {
    this.socket.write(`${text}mn\r\n`, "latin1");
    while (!this.text.endsWith("MN\r\n") && !this.closed) await this.more();
    const reply = this.closed ? this.text : this.text.slice(0, -4);
    this.text = "";
    return reply;
  }

  private more(): Promise<void> {
    return new Promise((done, failed) => {
      const late = setTimeout(
        () => failed(new Error(`no answer to a no-op; so far ${JSON.stringify(this.text)}`)),
        5_000,
      );
      this.wake = () => {
        clearTimeout(late);
        this.wake = null;
        done();
      };
    });
  }

  async stats(kind = ""): Promise<Map<string, string>> {
    return statRows(await this.ask(`stats ${kind}\r\n`));
  }

  async stop(): Promise<void> {
    this.socket.destroy();
    this.child.kill("SIGKILL");
    await once(this.child, "exit");
  }
}

export function statRows(text: string): Map<string, string> {
  return new Map([...text.matchAll(/^STAT (\S+) (.*)\r$/gmu)].map(found => [found[1], found[2]]));
}

function open(port: number): Promise<Socket> {
  return new Promise((done, failed) => {
    const socket = connect(port, "127.0.0.1", () => done(socket));
    socket.once("error", failed);
  });
}

function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const probe = createServer();
    probe.once("error", failed);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => done(port));
    });
  });
}
