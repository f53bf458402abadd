// Ctrl-C: the first ends the run in order and writes what there is, marked partial; what was there before is replaced whole
// or not at all.

import { readdirSync, readFileSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseResult } from "../../src/report/json.ts";
import { BASE, file, temporaryFolder } from "../scenarios/fixture.ts";
import { builtCli } from "./built.ts";

const { start } = builtCli();
/** Would take hours. */
const ENDLESS = BASE.replace("10s", "100d").replace("50/s", "20k/s");

/** Resolves when something has been written to or made in a folder: the command has begun to look after its outputs. */
function stirred(folder: string): Promise<void> {
  return new Promise(done => {
    const watcher = watch(folder, () => {
      watcher.close();
      done();
    });
  });
}

test("an interrupted run leaves complete files that say that they are partial", async () => {
  const folder = temporaryFolder();
  const [json, report] = [join(folder, "r.json"), join(folder, "r.html")];
  writeFileSync(report, "old");
  const begun = stirred(folder);
  const { child, ended } = start(["run", file(ENDLESS), "--json", json, "--report", report]);
  await begun;
  child.kill("SIGINT");
  const { code, stdout, stderr } = await ended;
  expect([code, stderr]).toEqual([130, expect.stringContaining("interrupted: writing what there is, marked partial")]);
  expect(stdout).toMatch(/INTERRUPTED after .* of simulated time: partial result\.\nreport: /u);
  const result = parseResult(readFileSync(json, "utf8"));
  expect(result).toMatchObject({ partial: true, verdict: "fail" });
  expect(readFileSync(report, "utf8")).toMatch(/^<!doctype html>[\s\S]*<\/html>\s*$/iu);
  expect(readdirSync(folder).sort()).toEqual(["r.html", "r.json"]);
});

test("a killed run leaves what was there", async () => {
  const folder = temporaryFolder();
  const report = join(folder, "r.html");
  writeFileSync(report, "old");
  const begun = stirred(folder);
  const { child, ended } = start(["run", file(ENDLESS), "--report", report]);
  await begun;
  child.kill("SIGKILL");
  const { signal } = await ended;
  expect([signal, readFileSync(report, "utf8")]).toEqual(["SIGKILL", "old"]);
});
