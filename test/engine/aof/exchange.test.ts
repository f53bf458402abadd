// Append-only files that real servers wrote, replayed here, and ours started from there.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { AofEncoder } from "../../../src/engine/aof/encoder.ts";
import {
  EMPTY_MANIFEST,
  formatManifest,
  parseManifest,
  withBase,
  withIncrement,
} from "../../../src/engine/aof/manifest.ts";
import { replay } from "../../../src/engine/aof/replay.ts";
import { rewrittenFile } from "../../../src/engine/aof/rewrite.ts";
import { ByteReader } from "../../../src/engine/rdb/byte-reader.ts";
import { type Talk, talk } from "../harness.ts";
import { EVERY_FORM } from "../rdb/payloads.ts";
import { type Kind, SERVERS, startOn } from "../rdb/servers.ts";

const FOLDER = "appendonlydir";
const NAME = "appendonly.aof";
/** With the effects that are not written as they were called. */
const CALLS: readonly (readonly string[])[] = [
  ...EVERY_FORM,
  ["SET", "ttl", "v", "EX", "100000"],
  ["INCRBYFLOAT", "float", "3.3"],
  ["HINCRBYFLOAT", "floats", "f", "0.1"],
  ["SPOP", "table", "20"],
  ["MULTI"],
  ["SET", "t", "1"],
  ["LPUSH", "list", "0"],
  ["EXEC"],
  ["RESTORE", "restored", "100000", "\x00\xc0\x0a\x0a\x00\x6e\x9f\x57\x45\x0e\xae\x63\xbb"],
  ["COPY", "hash", "copied"],
];

function engineLike({ profile }: Kind): Talk {
  const ours = talk({ profile });
  ours.engine.allowProtected = true;
  return ours;
}

describe.skipIf(SERVERS.length === 0).each(SERVERS)("$binary $version", kind => {
  it.each(["yes", "no"])("its files are replayed here (base as a snapshot: %s)", async snapshot => {
    const real = await startOn(kind, {}, "--appendonly", "yes", "--aof-use-rdb-preamble", snapshot);
    try {
      const { client } = real;
      await client.pipeline(CALLS.slice(0, 30));
      await client.call("BGREWRITEAOF");
      await expect
        .poll(async () => String(await client.call("INFO", "persistence")))
        .toContain("aof_rewrite_in_progress:0");
      await client.pipeline(CALLS.slice(30));
      const read = (name: string) => readFileSync(join(real.directory, FOLDER, name));
      const { base, increments } = parseManifest(read(`${NAME}.manifest`).toString("latin1"));
      const ours = engineLike(kind);
      for (const file of [base!, ...increments]) {
        expect(["ok", "empty"]).toContain(replay(ours.engine, new ByteReader(read(file.name))).outcome);
      }
      expect(ours("DEBUG", "DIGEST")).toEqual(await client.call("DEBUG", "DIGEST"));
    } finally {
      await real.stop();
    }
  });

  it.each(["yes", "no"])("it starts from ours (base as a snapshot: %s)", async snapshot => {
    const ours = engineLike(kind);
    ours("CONFIG", "SET", "aof-use-rdb-preamble", snapshot);
    for (const [name, ...rest] of CALLS.slice(0, 30)) ours(name, ...rest);
    const base = Buffer.concat([...rewrittenFile(ours.engine)]);
    const encoder = new AofEncoder();
    let increment = "";
    ours.engine.replicate = (database, argv) => {
      increment += encoder.encode(database, argv, Math.floor(ours.engine.nowMs / 1_000));
    };
    for (const [name, ...rest] of CALLS.slice(30)) ours(name, ...rest);
    ours.engine.replicate = null;
    const manifest = withIncrement(withBase(EMPTY_MANIFEST, NAME, snapshot === "yes", 0), NAME);
    // Its clock is that of today, ours that of the tests: what would have expired by then stays.
    for (const key of ["ttl", "restored"]) ours("PERSIST", key);
    const persisted = ["ttl", "restored"].map(key => encoder.encode(0, ["PERSIST", key])).join("");
    const files = {
      [`${FOLDER}/${NAME}.manifest`]: Buffer.from(formatManifest(manifest)),
      [`${FOLDER}/${manifest.base!.name}`]: base,
      [`${FOLDER}/${manifest.increments[0].name}`]: Buffer.from(increment + persisted, "latin1"),
    };
    const server = await startOn(kind, files, "--appendonly", "yes");
    try {
      expect(await server.client.call("DEBUG", "DIGEST")).toEqual(ours("DEBUG", "DIGEST"));
    } finally {
      await server.stop();
    }
  });
});
