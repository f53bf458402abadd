// Scripts and functions beside a real redis-server 7.0.15: the same calls to both, every reply compared word for word. First a
// collection that has every corner its author could think of, then random values through the added libraries.
//
// CACHECAST_FUZZ_RUNS sets the number of random scripts, CACHECAST_FUZZ_SEED their seed.

import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { provideLua } from "../../src/lua/index.ts";
import { type Talk, talk } from "../engine/harness.ts";
import { type Client, noServer, type RealServer, startServer } from "../engine/real-server.ts";
import { type Wire, wire } from "../engine/wire.ts";
import { CALLS } from "./call-sequences.ts";
import { JSON_SNIPPETS, PACKING_SNIPPETS, SERVER_SNIPPETS } from "./library-snippets.ts";
import { script } from "./random-scripts.ts";
import { ERRORS, LIBRARIES, PROTECTION, VALUES } from "./snippets.ts";

const RUNS = Number(process.env.CACHECAST_FUZZ_RUNS ?? 300);
const SEED = Number(process.env.CACHECAST_FUZZ_SEED ?? 20_260_101);

provideLua();

describe.skipIf(noServer !== null)(`scripts beside a real server${noServer === null ? "" : ` (${noServer})`}`, () => {
  let server: RealServer;
  let client: Client;
  let ours: Talk;

  beforeAll(async () => {
    server = await startServer();
    client = await server.connect();
    ours = talk({ profile: "redis-7.0" });
  });
  afterAll(async () => {
    client.close();
    await server.stop();
  });

  const runHere = (call: readonly string[]): Wire => wire(ours.engine.execute(ours.session, call));

  /** Runs calls on both and returns those whose replies differ. */
  async function differences(calls: readonly (readonly string[])[]) {
    const there = await client.pipeline(calls);
    return calls.flatMap((call, i) => {
      const here = runHere(call);
      return JSON.stringify(here) === JSON.stringify(there[i]) ? [] : [{ call, there: there[i], here }];
    });
  }

  const evaluated = (scripts: readonly string[]) => scripts.map(text => ["EVAL", text, "0"]);

  it.each([
    ["values", VALUES],
    ["errors", ERRORS],
    ["protected tables", PROTECTION],
    ["Lua's own libraries", LIBRARIES],
    ["cjson", JSON_SNIPPETS],
    ["cmsgpack, struct and bit", PACKING_SNIPPETS],
    ["redis", SERVER_SNIPPETS],
  ])("%s", async (_name, scripts) => {
    expect(await differences(evaluated(scripts))).toEqual([]);
  });

  it("the commands", async () => {
    const known = CALLS.filter(([first, second]) => !(first === "SCRIPT" && second === "SHOW"));
    expect(await differences(known)).toEqual([]);
  });

  it("random values through the libraries", async () => {
    const scripts = fc.sample(script, { numRuns: RUNS, seed: SEED });
    expect(await differences(evaluated(scripts)), `seed ${SEED}`).toEqual([]);
  });
});
