// Where a served engine can be reached: other ports and addresses while it runs, and new connections while a script holds it.

import { createServer } from "node:net";
import { Worker } from "node:worker_threads";
import { describe, expect, test } from "vitest";
import { encodeCommand } from "../../src/engine/resp/writer.ts";
import { served, Wire } from "./served.ts";

async function said(wire: Wire, ...words: string[]): Promise<string> {
  const before = wire.received.length;
  wire.send(encodeCommand(words));
  return (await wire.until(text => text.length > before)).slice(before);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(done => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as { port: number };
  await new Promise(done => server.close(done));
  return port;
}

describe("CONFIG SET", () => {
  test("port moves the server, and keeps those who are connected", async () => {
    const { port, server } = await served();
    const wire = await Wire.open(port);
    const other = await freePort();
    expect(await said(wire, "CONFIG", "SET", "port", String(other))).toBe("+OK\r\n");
    expect(await said(await Wire.open(other), "PING")).toBe("+PONG\r\n");
    expect(await said(wire, "PING")).toBe("+PONG\r\n");
    expect(server.port).toBe(other);
    await expect(Wire.open(port)).rejects.toThrow(/ECONNREFUSED/u);
  });

  test("port refuses one that is taken, and nothing of the call holds", async () => {
    const { port } = await served();
    const wire = await Wire.open(port);
    const occupant = createServer();
    await new Promise<void>(done => occupant.listen(0, "127.0.0.1", done));
    const { port: taken } = occupant.address() as { port: number };
    expect(await said(wire, "CONFIG", "SET", "maxmemory", "10mb", "port", String(taken))).toBe(
      "-ERR CONFIG SET failed (possibly related to argument 'port') - Unable to listen on this port. Check server logs.\r\n",
    );
    occupant.close();
    expect(await said(wire, "CONFIG", "GET", "maxmemory")).toContain("$1\r\n0\r\n");
    expect(await said(await Wire.open(port), "PING")).toBe("+PONG\r\n");
  });

  test("bind refuses an address that is none", async () => {
    const { port } = await served();
    const wire = await Wire.open(port);
    expect(await said(wire, "CONFIG", "SET", "bind", "999.999.999.999")).toMatch(
      /^-ERR CONFIG SET failed \(possibly related to argument 'bind'\) - Failed to bind to specified addresses/u,
    );
    expect(await said(await Wire.open(port), "PING")).toBe("+PONG\r\n");
  });
});

/** A client in a thread of its own, since the server's event loop stands still: what a latecomer sees. */
const LATECOMER = `
const { workerData: { port }, parentPort } = require("node:worker_threads");
const { connect } = require("node:net");
const heard = [];
const first = connect(port, "127.0.0.1", () => first.write('EVAL "while true do end" 0\\r\\n'));
first.on("data", data => heard.push("first " + data));
const late = connect(port, "127.0.0.1");
let isBusy = false;
late.on("data", data => {
  for (const line of String(data).trim().split("\\r\\n")) heard.push("late " + line);
  if (!isBusy && String(data).startsWith("-BUSY")) {
    isBusy = true;
    late.write("SCRIPT KILL\\r\\n");
  } else if (isBusy) {
    if (heard.some(line => line.startsWith("first "))) parentPort.postMessage(heard);
    else setTimeout(() => late.write("PING\\r\\n"), 10);
  } else setTimeout(() => late.write("PING\\r\\n"), 10);
});
late.write("PING\\r\\n");
`;

test("a script that runs for too long lets in who comes to end it", async () => {
  const { port } = await served("--busy-reply-threshold", "20");
  const client = new Worker(LATECOMER, { eval: true, workerData: { port } });
  const heard = await new Promise<string[]>(done => client.once("message", done));
  await client.terminate();
  expect(heard.find(line => line.startsWith("first"))).toMatch(/Script killed by user with SCRIPT KILL/u);
  expect(heard).toContain("late +OK");
  expect(heard.find(line => line.startsWith("late -BUSY"))).toMatch(/You can only call SCRIPT KILL/u);
  // The connection that came meanwhile is one like all others.
  expect(heard.at(-1)).toBe("late +PONG");
});
