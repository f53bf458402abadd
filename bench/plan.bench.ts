// A plan of 64 worlds in closed form: CPU seconds of the first call of a process, with compilation, and of the fifth. The target is
// half a second for the first.

import { makePlan } from "../src/planner/plan/plan.ts";
import { loadScenario } from "../src/scenarios/load.ts";
import { cpuSeconds } from "./cpu.ts";

const WORLDS = 64;
const CALLS = 5;

const { built } = await loadScenario({ file: "scenarios/plan.yaml" });
const seconds: number[] = [];
let considered = 0;
for (let i = 0; i < CALLS; i++) {
  seconds.push(
    cpuSeconds(() => {
      considered = makePlan(built, WORLDS).considered;
    }),
  );
}
console.log(
  `${considered} shapes in ${WORLDS} worlds: ${seconds[0].toFixed(2)} CPU-s in the first call, ${seconds[CALLS - 1].toFixed(2)} in the fifth`,
);
