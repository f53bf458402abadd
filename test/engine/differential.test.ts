// The engine against a real redis-server 7.0.15: the same random calls to both, every reply compared word for word, and
// at the end of each sequence all databases, what INFO says of them and what was counted.
//
// CACHECAST_FUZZ_RUNS sets the number of sequences, CACHECAST_FUZZ_SEED their seed.

import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../../src/engine/commands/index.ts";
import { sequence } from "./differential-calls.ts";
import { Pair } from "./differential-pair.ts";
import { talk } from "./harness.ts";
import { type Client, noServer, type RealServer, startServer } from "./real-server.ts";
import type { Wire } from "./wire.ts";

const RUNS = Number(process.env.CACHECAST_FUZZ_RUNS ?? 300);
const SEED = Number(process.env.CACHECAST_FUZZ_SEED ?? 20_260_101);

/** Why a command of the table is not among the random calls. */
const EXCUSED: Readonly<Record<string, string>> = {
  quit: "closes the connection",
  "command|count": "the engine has a part of the commands",
  "command|info": "compared below",
  "command|list": "the engine has a part of the commands",
  "client|setinfo": "came with 7.2",
  "client|no-touch": "came with 7.2",
  "debug|set-active-expire": "the test itself turns the cycle off",
};

/** Name, arity, flags and key positions of a description by COMMAND INFO. */
function facts(description: Wire): Wire {
  if (typeof description === "string") return description;
  const [name, arity, flags, first, last, step] = description;
  return [name, arity, [...(flags as readonly Wire[])].sort(), first, last, step];
}

/** Facts that the engine states as later versions do. */
const LATER: ReadonlySet<string> = new Set(["command|getkeys", "client|setinfo", "client|no-touch"]);

describe("random calls", () => {
  it("call every command of the table, or it is said why not", () => {
    const called = new Set<string>();
    for (const { calls } of fc.sample(sequence, { numRuns: 2_000, seed: 1 })) {
      for (const words of calls) {
        const name = String(words[0]).toLowerCase();
        const child = COMMANDS.get(name)?.children?.get(String(words[1]).toLowerCase());
        called.add(child?.fullName ?? name);
      }
    }
    called.add("debug|sleep"); // with each key that expires
    const leaves = [...COMMANDS.values()].flatMap(command =>
      command.children ? [...command.children.values()] : [command],
    );
    const missing = leaves.map(command => command.fullName).filter(name => !called.has(name) && !(name in EXCUSED));
    expect(missing).toEqual([]);
  });
});

if (noServer !== null) console.log(`engine and redis-server are not compared: ${noServer}`);

describe.skipIf(noServer !== null)("engine and redis-server", () => {
  let server: RealServer;
  let client: Client;
  let admin: Client;

  beforeAll(async () => {
    server = await startServer("--databases", "16", "--enable-debug-command", "yes");
    client = await server.connect();
    admin = await server.connect();
  });

  afterAll(async () => {
    client?.close();
    admin?.close();
    await server?.stop();
  });

  it(`random calls answer alike and leave the same data (${RUNS} sequences, seed ${SEED})`, {
    timeout: 3_600_000,
  }, async () => {
    const pair = new Pair(client, admin);
    await fc.assert(
      fc.asyncProperty(sequence, async one => {
        expect(await pair.difference(one)).toBeNull();
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });

  it("COMMAND INFO name answers the same arity, flags and key positions", async () => {
    const ours = talk();
    for (const command of COMMANDS.values()) {
      const [theirs] = (await client.call("COMMAND", "INFO", command.name)) as readonly Wire[];
      const [mine] = ours(`COMMAND INFO ${command.name}`) as readonly Wire[];
      // DEBUG is one command there: its subcommands are the handler's business.
      if (command.name === "debug") continue;
      expect(facts(mine)).toEqual(facts(theirs));
      for (const child of mine[9] as readonly Wire[]) {
        if (LATER.has(String(child[0]).slice(1))) continue;
        const theirChild = (theirs[9] as readonly Wire[]).find(other => other[0] === child[0]);
        expect(facts(child)).toEqual(facts(theirChild ?? `no ${child[0]}`));
      }
    }
  });
});
