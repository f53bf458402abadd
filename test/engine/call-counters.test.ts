// Errors by their code, as INFO errorstats shows them.

import { expect, test } from "vitest";
import { provideLua } from "../../src/lua/index.ts";
import { talk } from "./harness.ts";

test("codes that scripts make up are counted as one when there are many; those of the server never", () => {
  provideLua();
  const say = talk({ profile: "valkey-8.0" });
  const raise = (code: number) => say("EVAL", "return redis.error_reply(ARGV[1] .. ' my error')", "0", `C${code}`);
  for (let i = 0; i < 200; i++) raise(i);
  raise(1);
  say("SET a");
  say("LPUSH a 1");
  say("GET a");
  const { errors } = say.engine.counters;
  expect(errors.get("ERRORSTATS_OVERFLOW")).toBe(72);
  expect(errors.get("C1")).toBe(2);
  expect([errors.get("ERR"), errors.get("WRONGTYPE")]).toEqual([1, 1]);
});
