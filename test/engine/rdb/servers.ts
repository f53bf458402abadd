// The real servers against which snapshots are held: redis-server 7.0.15, and valkey-server 8.0.1 where one is found in the
// PATH or named by CACHECAST_VALKEY_SERVER.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Client } from "../real-server.ts";

export interface Kind {
  readonly profile: string;
  readonly binary: string;
  readonly version: string;
}

const KINDS: readonly Kind[] = [
  { profile: "redis-7.0", binary: "redis-server", version: "7.0.15" },
  { profile: "valkey-8.0", binary: process.env.CACHECAST_VALKEY_SERVER ?? "valkey-server", version: "8.0.1" },
];

/** Those that are installed here. */
export const SERVERS: readonly Kind[] = KINDS.filter(({ binary, version }) => {
  const { stdout } = spawnSync(binary, ["--version"], { encoding: "utf8" });
  return stdout?.includes(`v=${version}`) ?? false;
});

export interface Server {
  readonly directory: string;
  readonly client: Client;
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

/** Starts a server in a folder of its own, in which these files lie already. */
export async function startOn(
  { binary }: Kind,
  files: Readonly<Record<string, Uint8Array>> = {},
  ...options: string[]
): Promise<Server> {
  const directory = mkdtempSync(join(tmpdir(), "cachecast-rdb-"));
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), bytes);
  }
  const port = await freePort();
  const fixed = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--dir", directory];
  const child = spawn(binary, [...fixed, "--enable-debug-command", "yes", ...options], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  let log = "";
  await new Promise<void>((resolve, reject) => {
    child.stdout.on("data", chunk => {
      log += String(chunk);
      if (log.includes("Ready to accept connections")) resolve();
    });
    child.on("exit", code => reject(new Error(`${binary} ended with ${code}: ${log}`)));
  });
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  const client = new Client(socket);
  return {
    directory,
    client,
    async stop() {
      client.close();
      const ended = once(child, "exit");
      kill();
      await ended;
      process.off("exit", kill);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
