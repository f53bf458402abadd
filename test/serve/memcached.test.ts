// Memcached on TCP: what clients send in pieces, all at once, or in bad faith; the words of its command line.

import { connect } from "node:net";
import { afterAll, expect, it } from "vitest";
import { ConfigError } from "../../src/serve/config-file.ts";
import { memcachedOptions } from "../../src/serve/memcached/options.ts";
import { MemcachedServer } from "../../src/serve/memcached/server.ts";
import { Wire } from "./served.ts";

const servers: MemcachedServer[] = [];
afterAll(() => Promise.all(servers.map(one => one.close())));

async function served(...words: string[]): Promise<MemcachedServer> {
  const server = new MemcachedServer(memcachedOptions(["-p", "0", ...words]), () => undefined);
  servers.push(server);
  await server.open();
  return server;
}

it("a port that is taken is the configuration's fault, not a bug", async () => {
  const { port } = await served();
  const second = new MemcachedServer(memcachedOptions(["-p", String(port)]), () => undefined);
  const refusal = second.open();
  await expect(refusal).rejects.toBeInstanceOf(ConfigError);
  await expect(refusal).rejects.toThrow(/^cannot listen on .*: something else listens there; -p takes another port/u);
});

it("a value that comes byte by byte is stored, and a pipeline is answered in order", async () => {
  const { port } = await served();
  const wire = await Wire.open(port);
  for (const byte of "set a 1 0 5\r\nhe\r\no\r\n") wire.send(byte);
  await wire.until(text => text.endsWith("STORED\r\n"));
  wire.send("get a\r\nmg a v f\r\nincr n 1\r\nset n 0 0 1 noreply\r\n7\r\nincr n 1\r\nquit\r\n");
  await wire.end();
  expect(wire.received).toBe("STORED\r\nVALUE a 1 5\r\nhe\r\no\r\nEND\r\nVA 5 f1\r\nhe\r\no\r\nNOT_FOUND\r\n8\r\n");
});

it.each([
  ["a line without end", "x".repeat(3_000)],
  ["the binary protocol", "\x80\0\0\0"],
  ["a web browser", "GET / HTTP/1.1\r\n"],
])("%s closes the connection, not the server", async (_what, bytes) => {
  const server = await served();
  const wire = await Wire.open(server.port);
  wire.send(bytes);
  await wire.end();
  const next = await Wire.open(server.port);
  next.send("version\r\n");
  await next.until(text => text.endsWith("VERSION 1.6.18\r\n"));
});

it("a value that is announced and never comes keeps no memory when its connection goes", async () => {
  const server = await served();
  const wire = await Wire.open(server.port);
  wire.send("set big 0 0 600000\r\nabc");
  await until(() => server.store.slabs.usedChunks(39) > 0);
  wire.socket.destroy();
  await until(() => server.store.slabs.usedChunks(39) === 0);
  expect(server.store.index.size).toBe(0);
});

it("one who asks for much and reads nothing waits, and others are served", async () => {
  const server = await served();
  const wire = await Wire.open(server.port);
  wire.send(`set big 0 0 1000000\r\n${"x".repeat(1_000_000)}\r\n`);
  await wire.until(text => text.endsWith("STORED\r\n"));
  const deaf = connect(server.port, "127.0.0.1");
  deaf.pause();
  deaf.write("get big big big big\r\n".repeat(200));
  wire.send("mn\r\n");
  await wire.until(text => text.endsWith("MN\r\n"));
  deaf.destroy();
  wire.send(`get${" big".repeat(100)}\r\n`);
  await wire.until(text => text.endsWith("SERVER_ERROR out of memory writing get response\r\n"));
});

it("there are no more connections than were allowed, and members are told to clients that ask for them", async () => {
  const { port } = await served("-c", "1", "--members=a.example|10.0.0.1|11211,b.example|10.0.0.2|11211");
  const wire = await Wire.open(port);
  wire.send("config get cluster\r\n");
  await wire.until(text => text.endsWith("END\r\n"));
  expect(wire.received).toBe(
    "CONFIG cluster 0 52\r\n1\na.example|10.0.0.1|11211 b.example|10.0.0.2|11211\n\r\nEND\r\n",
  );
  const other = await Wire.open(port);
  await other.end();
  expect(other.received).toBe("ERROR Too many open connections\r\n");
});

it("every bad word of the command line is told at once, with what there is", () => {
  expect(() => memcachedOptions(["-m", "x", "--foo", "-I", "1q", "-o", "hot_lru_pct=99,bar", "-p"])).toThrow(
    /^-m x: needs a number from 1 to 1048576\n--foo: no such option; there are\n {2}-p port +TCP port[\s\S]*?\n-I 1q: needs a size.*\n-o .*: hot_lru_pct needs .*; there is no «bar».*\n-p needs port$/u,
  );
  expect(() => memcachedOptions(["-m1"])).toThrow("Cannot set item size limit higher than 1/2 of memory max.");
  const { settings, verbosity } = memcachedOptions([
    "-m64",
    "-vv",
    "-C",
    "-o",
    "no_modern",
    "--slab-growth-factor=1.08",
  ]);
  expect(settings).toMatchObject({ maxBytes: 67_108_864, cas: false, growthFactor: 1.08, lruSegmented: false });
  expect(verbosity).toBe(2);
});

it.each([
  ["", "-l : needs an address"],
  [",", "-l ,: needs an address"],
])("an empty list of addresses (%j) is an error, not a server that nobody reaches", (list, message) => {
  expect(() => memcachedOptions(["-l", list])).toThrow(message);
});

it("what takes a value behind -o needs one, and what takes none refuses it", () => {
  expect(() => memcachedOptions(["-o", "no_modern=5,modern=x,hot_lru_pct"])).toThrow(
    "-o no_modern=5,modern=x,hot_lru_pct: no_modern takes no value, it got «5»; modern takes no value, it got «x»; hot_lru_pct needs a number from 1 to 80",
  );
});

/** As Debian's 1.6.18 tells in `stats settings`. */
it.each([
  ["-o", "no_modern", 1_048_576],
  ["-o", "no_modern", 524_288, "-I", "2m"],
  ["-o", "no_modern", 524_288, "-I", "1536k"],
  ["-I", "2m", 524_288],
  ["-o", "no_modern,slab_chunk_max=512", 512],
  ["-o", "slab_chunk_max=262144", 262_144],
])("the largest chunk of %s %s is %i bytes", (name, value, chunk, ...more) => {
  expect(memcachedOptions([name, value, ...more.map(String)]).settings.slabChunkMax).toBe(chunk);
});

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise(done => setImmediate(done));
}
