// How a served engine comes up with data and goes down: loading while clients knock, saving before the end, waiting for
// replicas, and taking it all back.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { encodeCommand } from "../../src/engine/resp/writer.ts";
import { directivesOf } from "../../src/serve/config-file.ts";
import { type Running, start } from "../../src/serve/start.ts";
import { Wire } from "./served.ts";

const folder = mkdtempSync(join(tmpdir(), "cachecast-start-"));
afterAll(() => rmSync(folder, { recursive: true }));

let folders = 0;
const newFolder = () => {
  const path = join(folder, String(folders++));
  mkdirSync(path);
  return path;
};

interface Life {
  readonly running: Running;
  readonly log: string[];
  /** Resolves when the server asks for its end. */
  readonly ended: Promise<void>;
}

async function live(
  dir: string,
  words: readonly string[],
  listening: (running: Running) => void = () => undefined,
): Promise<Life> {
  const log: string[] = [];
  const { directives } = directivesOf(["--port", "0", "--dir", dir, "--hz", "100", ...words]);
  let end = () => undefined as unknown;
  const ended = new Promise<void>(done => (end = done as () => unknown));
  const running = await start({ directives, log: line => log.push(line), exit: end, listening });
  return { running, log, ended };
}

async function said(wire: Wire, ...words: string[]): Promise<string> {
  const before = wire.received.length;
  wire.send(encodeCommand(words));
  return (await wire.until(text => text.length > before)).slice(before);
}

describe("loading", () => {
  test("a snapshot is loaded with the port open: calls are told so, and the data are there afterwards", async () => {
    const dir = newFolder();
    const first = await live(dir, ["--save", ""]);
    const writer = await Wire.open(first.running.port);
    for (let i = 0; i < 50; i++) await said(writer, "SET", `key:${i}`, "v");
    await said(writer, "SAVE");
    await first.running.stop();

    let early: Promise<string[]> = Promise.resolve([]);
    const second = await live(dir, ["--key-load-delay", "2000"], ({ port }) => {
      early = Wire.open(port).then(async wire => [
        await said(wire, "GET", "key:1"),
        await said(wire, "INFO", "persistence"),
      ]);
    });
    const [get, info] = await early;
    expect(get).toBe("-LOADING Valkey is loading the dataset in memory\r\n");
    expect(info).toContain("loading:1\r\n");
    const wire = await Wire.open(second.running.port);
    expect(await said(wire, "DBSIZE")).toBe(":50\r\n");
    expect(second.log.join("\n")).toMatch(/keys loaded: 50, [\s\S]*DB loaded from disk: [\s\S]*Ready to accept/u);
    await second.running.stop();
  });
});

describe("SHUTDOWN", () => {
  test("saves where save points are configured, and is not answered", async () => {
    const dir = newFolder();
    const { running, ended, log } = await live(dir, ["--save", "900", "1"]);
    const wire = await Wire.open(running.port);
    await said(wire, "SET", "a", "1");
    wire.send(encodeCommand(["SHUTDOWN"]));
    await ended;
    await running.stop();
    expect(await wire.end()).toBe("+OK\r\n");
    expect(readdirSync(dir)).toEqual(["dump.rdb"]);
    expect(log.at(-1)).toBe("Valkey is now ready to exit, bye bye...");
  });

  test("fails when it cannot save, and the server goes on; FORCE ends it all the same", async () => {
    const dir = newFolder();
    const { running, ended } = await live(dir, ["--save", "900", "1"]);
    mkdirSync(join(dir, "dump.rdb"));
    const wire = await Wire.open(running.port);
    expect(await said(wire, "SHUTDOWN")).toBe("-ERR Errors trying to SHUTDOWN. Check logs.\r\n");
    expect(await said(wire, "SET", "a", "1")).toBe("+OK\r\n");
    wire.send(encodeCommand(["SHUTDOWN", "FORCE"]));
    await ended;
    await running.stop();
  });

  test("waits for a replica that lags, with writes put off, until it is taken back", async () => {
    const { running } = await live(newFolder(), ["--save", "", "--repl-diskless-sync-delay", "0"]);
    const [replica, asker, other] = await Promise.all([1, 2, 3].map(() => Wire.open(running.port)));
    replica.send("PSYNC ? -1\r\n");
    await replica.until(text => text.includes("FULLRESYNC"));
    await said(other, "SET", "a", "1");
    asker.send(encodeCommand(["SHUTDOWN"]));
    while (!running.shutdown.pending) await said(other, "PING");
    other.send(encodeCommand(["GET", "a"]));
    await other.until(text => text.endsWith("$1\r\n1\r\n"));
    const writer = await Wire.open(running.port);
    writer.send(encodeCommand(["SET", "a", "2"]));
    expect(await said(other, "SHUTDOWN", "ABORT")).toBe("+OK\r\n");
    expect(await asker.until(text => text !== "")).toBe("-ERR Errors trying to SHUTDOWN. Check logs.\r\n");
    expect(await writer.until(text => text !== "")).toBe("+OK\r\n");
    expect(await said(other, "SHUTDOWN", "ABORT")).toBe("-ERR No shutdown in progress.\r\n");
    await running.stop();
  });
});

describe("the append-only file turned on at run time", () => {
  test("holds the data when it has been written, and a shutdown does not come before that", async () => {
    const dir = newFolder();
    const { running, log } = await live(dir, ["--save", ""]);
    const wire = await Wire.open(running.port);
    await said(wire, "SET", "a", "1");
    await said(wire, "CONFIG", "SET", "rdb-key-save-delay", "10000000");
    expect(await said(wire, "CONFIG", "SET", "appendonly", "yes")).toBe("+OK\r\n");
    expect(await said(wire, "INFO", "persistence")).toContain("aof_rewrite_in_progress:1");
    expect(await said(wire, "SHUTDOWN")).toBe("-ERR Errors trying to SHUTDOWN. Check logs.\r\n");
    expect(log).toContain("Writing initial AOF, can't exit.");
    await said(wire, "SET", "b", "2");
    await said(wire, "CONFIG", "SET", "rdb-key-save-delay", "0");
    while (running.server.engine.persistence.child !== null) await said(wire, "PING");
    await running.stop();
    expect(existsSync(join(dir, "appendonlydir", "appendonly.aof.1.base.rdb"))).toBe(true);
    const again = await live(dir, ["--appendonly", "yes"]);
    expect(again.running.server.engine.database(0).size).toBe(2);
    await again.running.stop();
  });
});
