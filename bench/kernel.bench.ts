// The kernel alone: M/M/1, M/M/8 and PHOLD with full statistics (a wait histogram, time-weighted queue length).
// Events are the model's: two a customer, one a PHOLD hop; rates are per CPU second of the process. Each line checks
// itself against theory, with the same tolerances as shared/tools/peers. Peers that are present run after it.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { standardExponential } from "../src/sim/distributions/ziggurat.ts";
import { Histogram } from "../src/sim/histogram.ts";
import { Gauge } from "../src/sim/series.ts";
import { Simulation } from "../src/sim/simulation.ts";
import { Station } from "../src/sim/station.ts";
import { cpuSeconds } from "./cpu.ts";

const UNIT = 1e9; // one unit of model time in ns

function report(name: string, n: number, events: number, cpu: number, estimate: number, theory: number, tol: number) {
  const ok = Math.abs(estimate - theory) <= tol;
  console.log(
    `${"cachecast".padEnd(22)} ${name.padEnd(6)} n=${n} events=${events} cpu=${cpu.toFixed(3)}s ` +
      `events/cpu-s=${(events / cpu).toExponential(3)} est=${estimate.toFixed(4)} theory=${theory.toFixed(4)} ` +
      `tol=${tol.toFixed(4)} ${ok ? "OK" : "OFF"}`,
  );
  if (!ok) process.exitCode = 1;
  return events / cpu;
}

function erlangC(servers: number, load: number): number {
  let b = 1;
  for (let k = 1; k <= servers; k++) b = (load * b) / (k + load * b);
  return b / (1 - (load / servers) * (1 - b));
}

const ARRIVE = 0;
const LEAVE = 1;

function queue(name: string, servers: number, lambda: number, mu: number, n: number): number {
  const sim = new Simulation(1);
  const arrivals = sim.random("arrivals");
  const services = sim.random("services");
  const station = new Station(servers);
  const waits = new Histogram();
  const inSystem = new Gauge();
  let left = n;
  let done = 0;
  const target = sim.register(kind => {
    if (kind === LEAVE) {
      inSystem.add(sim.now, -1);
      done++;
      return;
    }
    const service = Math.round((standardExponential(services) / mu) * UNIT);
    const start = station.admit(sim.now, service);
    waits.record(start - sim.now);
    inSystem.add(sim.now, 1);
    sim.send(start + service - sim.now, target, LEAVE, 0, 0);
    if (--left > 0) sim.send(Math.round((standardExponential(arrivals) / lambda) * UNIT), target, ARRIVE, 0, 0);
  });
  sim.send(1, target, ARRIVE, 0, 0);
  const cpu = cpuSeconds(() => sim.run(Number.MAX_SAFE_INTEGER));
  const rho = lambda / (servers * mu);
  const theory = servers === 1 ? rho / (mu - lambda) : erlangC(servers, lambda / mu) / (servers * mu - lambda);
  const tolerance =
    servers === 1
      ? (4 * Math.sqrt((rho * (2 + 5 * rho - 4 * rho ** 2 + rho ** 3)) / (1 - rho) ** 4 / n)) / mu
      : theory * 0.08 * Math.sqrt(1e6 / n);
  return report(name, n, 2 * done, cpu, waits.mean / UNIT, theory, tolerance);
}

function phold(events: number, processes: number): number {
  const sim = new Simulation(1);
  const random = sim.random("hops");
  let done = 0;
  const target = sim.register((_kind, at) => {
    done++;
    const next = random.below(processes - 1);
    sim.send(Math.round(standardExponential(random) * UNIT) + 1, target, 0, next >= at ? next + 1 : next, 0);
  });
  for (let i = 0; i < processes; i++) {
    sim.send(Math.round(standardExponential(random) * UNIT) + 1, target, 0, i, 0);
  }
  const until = events / processes;
  const cpu = cpuSeconds(() => sim.run(until * UNIT));
  return report("phold", processes, done, cpu, done / until / processes, 1, 0.02);
}

queue("mm1", 1, 0.8, 1, 1_000_000);
queue("mmc8", 8, 6.4, 1, 1_000_000);
phold(1_000_000, 1_024);
phold(1_000_000, 65_536);

const peers = join(process.env.CACHECAST_SHARED ?? "../shared", "tools/peers");
if (!existsSync(peers)) {
  console.log(`peers: not run, ${peers} is absent`);
} else {
  const modules = dirname(dirname(createRequire(import.meta.url).resolve("simjs/package.json")));
  const run = (command: string, args: string[], env: Record<string, string>) => {
    const result = spawnSync(command, args, { encoding: "utf8", env: { ...process.env, ...env } });
    process.stdout.write(result.status === 0 ? result.stdout : `  (off or absent: ${command} ${args.join(" ")})\n`);
  };
  run("node", [join(peers, "js/simjs_bench.cjs"), "all"], { NODE_PATH: modules });
  const simpy = process.env.SIMPY_PATH ?? "/usr/lib/python3/dist-packages";
  for (const what of ["mm1", "mmc", "phold"]) {
    run(process.env.PYTHON ?? "/usr/bin/python3", [join(peers, "python/simpy_bench.py"), what], { PYTHONPATH: simpy });
  }
}
