// The sections of the report, in the order of the page: verdict first, then what to do about it, then the evidence, then
// what it rests on. A new section is one file and one line here.

import { alarms } from "./alarms.ts";
import { assumptions } from "./assumptions.ts";
import { cards } from "./cards.ts";
import { checks } from "./checks.ts";
import { clients } from "./clients.ts";
import { cost } from "./cost.ts";
import { distribution } from "./distribution.ts";
import { drills } from "./drills.ts";
import { events } from "./events.ts";
import { findings } from "./findings.ts";
import { nodes } from "./nodes.ts";
import { origin } from "./origin.ts";
import { overTime } from "./over-time.ts";
import { reproduce } from "./reproduce.ts";
import { scenario } from "./scenario.ts";
import type { Section } from "./section.ts";
import { slowLog } from "./slow-log.ts";
import { staleness } from "./staleness.ts";
import { workloads } from "./workloads.ts";

export const SECTIONS: readonly Section[] = [
  checks,
  cards,
  findings,
  overTime,
  drills,
  alarms,
  slowLog,
  distribution,
  cost,
  workloads,
  staleness,
  origin,
  nodes,
  clients,
  events,
  assumptions,
  scenario,
  reproduce,
];
