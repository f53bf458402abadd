// Readers of other people's traces: each is known by its first bytes, and what it says comes out as requests.

import { describe, expect, it } from "vitest";
import { chooseFormat, detectFormat, TRACE_FORMATS, traceFormat } from "../../src/workload/traces/index.ts";
import { TraceIntake } from "../../src/workload/traces/intake.ts";
import { TRACE_DELETE, TraceBuffer, TraceKeys, UNKNOWN_SIZE, UNKNOWN_TTL } from "../../src/workload/traces/trace.ts";

interface Options {
  readonly columns?: string;
  readonly amplify?: number;
  readonly gapMs?: number;
  /** Length of the pieces in which the reader gets the bytes. */
  readonly piece?: number;
}

function read(name: string, bytes: Buffer | string, options: Options = {}) {
  const data = Buffer.from(bytes as string, "latin1");
  const format = traceFormat(name)!;
  const keys = new TraceKeys();
  const buffer = new TraceBuffer(4);
  const intake = new TraceIntake(keys, buffer, {
    tolerant: format.tolerant,
    spreadMs: format.resolutionMs,
    amplify: options.amplify ?? 1,
    gapMs: options.gapMs ?? 1,
  });
  const reader = format.read(intake, options.columns);
  const piece = options.piece ?? data.length + 1;
  for (let at = 0; at < data.length; at += piece) reader.push(data.subarray(at, at + piece));
  reader.finish();
  const rows: string[] = [];
  for (; buffer.length > 0; buffer.skip()) {
    const size = buffer.size === UNKNOWN_SIZE ? "?" : buffer.size;
    const ttl = buffer.ttl === UNKNOWN_TTL ? "?" : buffer.ttl;
    const op = ["get", "set", "delete"][buffer.op];
    rows.push(`${buffer.nextNs / 1e6} ${op} ${keys.texts[buffer.key]} ${size} ${ttl}`);
  }
  return { rows, intake, problems: intake.problems.map(({ row, message }) => `${row}: ${message}`) };
}

const TWITTER = [
  "0,aaaaaaaaaa,10,200,1,get,0",
  "0,bbbb,8,0,2,get,0",
  "1,bbbb,8,64,2,set,3600",
  "1,comma,key,9,12,2,add,60",
  "2,aaaaaaaaaa,10,0,1,delete,0",
  "",
].join("\n");

const CACHELIB = [
  "op_time,key,key_size,op,op_count,size,cache_hits,ttl,usecase",
  "564726470,7,4,GET,3,0,1,0,a",
  "564726470,9,4,GET_LEASE,1,120,1,0,a",
  "564726471,20,2,SET_LEASE,1,100,0,3600,b",
  "564726472,20,2,DELETE,1,0,0,0,b",
  "",
].join("\n");

// As memcached 1.6.18 and redis-server 7.0.15 printed them.
const KEYDUMP = [
  "key=a exp=-1 la=1795976941 cas=1 fetch=yes cls=1 size=65",
  "key=user%3A1%C3%A9 exp=1795980541 la=1795976941 cas=2 fetch=no cls=4 size=167",
  "END",
  "",
].join("\r\n");

const MONITOR = [
  "OK",
  '1795976944.239754 [0 127.0.0.1:36274] "set" "k" "hello \\"w\\" \\xc3\\xa9" "ex" "60"',
  '1795976944.403408 [0 127.0.0.1:36284] "mget" "k" "l"',
  '1795976944.524054 [3 127.0.0.1:36292] "SELECT" "3"',
  '1795976944.524668 [3 127.0.0.1:36292] "hset" "h" "f" "v"',
  '1795976944.599384 [0 127.0.0.1:36306] "del" "k" "l"',
  '1795976944.707129 [0 127.0.0.1:36320] "expire" "k" "5"',
  '1795976944.971681 [0 127.0.0.1:36334] "eval" "return redis.call(\\"GET\\", KEYS[1])" "1" "k"',
  '1795976944.971769 [0 lua] "GET" "k"',
  "",
].join("\n");

function oracleRecord(seconds: number, id: bigint, size: number, next: bigint): Buffer {
  const record = Buffer.alloc(24);
  record.writeUInt32LE(seconds, 0);
  record.writeBigUInt64LE(id, 4);
  record.writeUInt32LE(size, 12);
  record.writeBigInt64LE(next, 16);
  return record;
}

const ORACLE = Buffer.concat([
  oracleRecord(5, 42n, 1_000, 3n),
  oracleRecord(6, 2n ** 63n + 1n, 0, -1n),
  oracleRecord(6, 7n, 12, 2n ** 63n - 1n),
  oracleRecord(8, 42n, 1_000, -1n),
]);

function scsi(version: 1 | 2, command: number, block: number, micros: number, length: number): Buffer {
  const record = Buffer.alloc(version === 1 ? 32 : 40);
  record.writeUInt16LE(command, version === 1 ? 12 : 0);
  record.writeUInt16LE(version << 8, version === 1 ? 14 : 2);
  record.writeUInt32LE(length, version === 1 ? 4 : 8);
  record.writeBigUInt64LE(BigInt(block), 16);
  record.writeBigUInt64LE(BigInt(micros), 24);
  return record;
}

const vscsiFile = (version: 1 | 2) =>
  Buffer.concat([
    scsi(version, 0x28, 100, 5_000_000, 4_096),
    scsi(version, 0x2a, 101, 5_000_250, 512),
    scsi(version, 0x35, 0, 5_000_300, 0),
    scsi(version, 0x88, 100, 5_001_000, 4_096),
  ]);

describe("what the files say comes out as requests", () => {
  it.each([0, 1, 7])("Twitter, in pieces of %d bytes", piece => {
    const { rows, problems } = read("twitter", TWITTER, piece === 0 ? {} : { piece });
    expect(problems).toEqual([]);
    expect(rows).toEqual([
      "0 get aaaaaaaaaa 200 ?",
      "500 get bbbb.... ? ?",
      "1000 set bbbb.... 64 3600",
      "1500 set comma,key 12 60",
      "2000 delete aaaaaaaaaa 0 0",
    ]);
  });

  it("CacheLib repeats a line as often as it counts, and its leases are gets and sets", () => {
    const { rows, problems, intake } = read("cachelib", CACHELIB);
    expect(problems).toEqual([]);
    expect(rows).toEqual([
      "0 get 7... ? ?",
      "250 get 7... ? ?",
      "500 get 7... ? ?",
      "750 get 9... 120 ?",
      "1000 set 20 100 3600",
      "2000 delete 20 0 0",
    ]);
    expect([intake.reads, intake.writes, intake.deletes]).toEqual([4, 1, 1]);
  });

  it("amplified, every key is asked for under so many names", () => {
    const { rows, intake } = read("libcachesim-txt", "a\nb\n", { amplify: 3, gapMs: 10 });
    expect(rows.map(row => row.split(" ").slice(0, 3).join(" "))).toEqual([
      "0 get a/0",
      "0 get a/1",
      "0 get a/2",
      "10 get b/0",
      "10 get b/1",
      "10 get b/2",
    ]);
    expect(intake.rows).toBe(6);
    expect(intake.untimed).toBe(2);
  });

  it("libCacheSim csv, by columns and delimiter", () => {
    const text = "stamp|id|bytes|what\n10|x|100|read\n10|y|0|write\n12|x|100|delete\n";
    const columns = "time-col=1, obj-id-col=2, obj-size-col=3, op-col=4, has-header=true, delimiter=|";
    expect(read("libcachesim-csv", text, { columns }).rows).toEqual([
      "0 get x 100 ?",
      "500 set y ? ?",
      "2000 delete x 100 ?",
    ]);
    const commas = "a,5\nb,6\n";
    expect(read("libcachesim-csv", commas, { columns: "obj-id-col=1,delimiter=," }).rows[1]).toBe("1 get b ? ?");
  });

  it.each([0, 5])("oracleGeneral, in pieces of %d bytes", piece => {
    const { rows, problems } = read("oracle-general", ORACLE, piece === 0 ? {} : { piece });
    expect(problems).toEqual([]);
    expect(rows).toEqual([
      "0 get 42 1000 ?",
      "1000 get 9223372036854775809 ? ?",
      "1500 get 7 12 ?",
      "3000 get 42 1000 ?",
    ]);
  });

  it.each([1, 2] as const)("VSCSI of version %d", version => {
    const { rows, problems, intake } = read("vscsi", vscsiFile(version), { piece: 11 });
    expect(problems).toEqual([]);
    expect(rows).toEqual(["0 get 100 4096 ?", "0.25 set 101 512 ?", "1 get 100 4096 ?"]);
    expect([...intake.skipped]).toEqual([["SCSI command 0x35", 1]]);
  });

  it("MONITOR: keys are read, written or removed as the command table says", () => {
    const { rows, problems, intake } = read("monitor", MONITOR);
    expect(problems).toEqual([]);
    expect(rows.map(row => row.split(" ").slice(1).join(" "))).toEqual([
      "set k 12 60",
      "get k ? ?",
      "get l ? ?",
      "set 3:h ? ?",
      "delete k ? ?",
      "delete l ? ?",
      "get k ? ?",
    ]);
    expect(rows[1].startsWith("163.65")).toBe(true);
    expect([...intake.skipped.keys()]).toEqual([
      "SELECT, which has no keys",
      "EXPIRE",
      "EVAL, whose calls stand on their own lines",
    ]);
  });

  it("a dump of memcached gives the sizes of values and the TTLs that are left", () => {
    const { rows, problems, intake } = read("memcached-keydump", KEYDUMP);
    expect(problems).toEqual([]);
    expect(rows).toEqual(["0 set a 5 0", "1 set user:1\u00c3\u00a9 100 3600"]);
    expect(intake.reads).toBe(0);
  });
});

describe("a format is known by its first bytes", () => {
  it.each<[string, string | Buffer]>([
    ["cachecast", "key,time_ms\na,1\n"],
    ["twitter", TWITTER],
    ["cachelib", CACHELIB],
    ["memcached-keydump", KEYDUMP],
    ["monitor", MONITOR],
    ["oracle-general", ORACLE],
    ["vscsi", vscsiFile(1)],
    ["vscsi", vscsiFile(2)],
    ["libcachesim-txt", "17\n42\n17\n"],
  ])("%s", (name, bytes) => {
    expect(detectFormat(Buffer.from(bytes as string, "latin1"))?.name).toBe(name);
  });

  it("columns name libCacheSim's csv", () => {
    const format = chooseFormat(Buffer.from("1;a;5\n"), null, "obj-id-col=2, delimiter=;");
    expect(format).toBe(traceFormat("libcachesim-csv"));
  });

  it("a file of another format is told as what it is", () => {
    expect(chooseFormat(Buffer.from(TWITTER), traceFormat("cachelib")!, undefined)).toBe(
      `is no cachelib trace but looks like twitter (${traceFormat("twitter")!.summary})`,
    );
    expect(chooseFormat(Buffer.from("hello, world\n"), traceFormat("monitor")!, undefined)).toContain(
      "is no monitor trace (output of MONITOR",
    );
    const unknown = chooseFormat(Buffer.from("hello, world\n"), null, undefined) as string;
    expect(unknown).toContain("is no trace of a known format: it begins with «hello, world»");
    for (const format of TRACE_FORMATS) expect(unknown).toContain(format.name);
    expect(chooseFormat(Buffer.from([0, 255, 1, 2]), null, undefined)).toContain("it begins with the bytes 00ff0102");
    expect(chooseFormat(Buffer.from(TWITTER), traceFormat("twitter")!, "obj-id-col=2")).toContain("knows its own");
  });
});

describe("what cannot be used is told with its row", () => {
  it.each<[string, string | Buffer, string, Options?]>([
    ["twitter", "x,a,1,1,1,get,0\n", "1: timestamp «x» is no number"],
    ["twitter", "1,a,1,1,1,steal,0\n", "1: operation «steal» is none of get, gets"],
    ["twitter", "1,a,1\n", "1: 3 fields, a Twitter trace has 7"],
    [
      "cachelib",
      "key,op,size\n1,GET,5\n",
      "1: the header of a CacheLib trace names key, op, size, op_count; missing: op_count",
    ],
    ["cachelib", "key,op,size,op_count\n1,GET,5,0\n", "2: op_count «0» is no whole number above zero"],
    ["cachelib", "key,op,size,op_count\n1,SAT,5,1\n", "2: op «SAT» is none of GET, GET_LEASE"],
    ["oracle-general", ORACLE.subarray(0, 50), "3: the file ends within a record: 2 of 24 bytes"],
    ["vscsi", vscsiFile(1).subarray(0, 40), "2: the file ends within a record: 8 bytes are left"],
    ["monitor", "OK\nhello\n", "2: «hello» is no line of MONITOR"],
    ["memcached-keydump", "ERROR\n", "1: «ERROR» is no item of a dump"],
    ["libcachesim-csv", "1,a\n", "1: 2 columns, but column 5 was named", { columns: "obj-id-col=5" }],
    ["libcachesim-csv", "x,a\n", "1: time «x» is no number", { columns: "time-col=1,obj-id-col=2" }],
  ])("%s: %s", (name, bytes, expected, options) => {
    const { problems } = read(name, bytes, options);
    expect(problems[0]).toContain(expected);
  });

  it.each([
    [undefined, "needs «columns:»"],
    ["time-col=1", "obj-id-col is missing"],
    ["obj-id-col=0", "needs a column number from 1, got «0»"],
    ["obj-id-col=1, size=2", "unknown setting «size»"],
    ["obj-id-col=1, has-header=maybe", "has-header is true or false"],
    ["obj-id-col=1, delimiter=ab", "delimiter is one character"],
  ])("columns «%s»", (columns, expected) => {
    expect(() => read("libcachesim-csv", "a\n", columns === undefined ? {} : { columns })).toThrow(expected);
  });

  it("rows out of order are moved and counted in traces of others", () => {
    const text = "5,a,1,1,1,get,0\n4,b,1,1,1,get,0\n6,c,1,1,1,get,0\n";
    const { rows, intake } = read("twitter", text);
    expect(rows.map(row => row.split(" ")[0])).toEqual(["0", "500", "1000"]);
    expect(intake.disordered).toBe(1);
  });

  it("an empty one has no request", () => {
    expect(read("twitter", "\n").problems).toEqual(["1: there is no request in it"]);
  });
});

describe("a deletion", () => {
  it("has an operation of its own in our format", () => {
    const { rows } = read("cachecast", "time_ms,key,op\n1,a,delete\n");
    expect(rows).toEqual(["0 delete a ? ?"]);
    expect(TRACE_DELETE).toBe(2);
  });
});
