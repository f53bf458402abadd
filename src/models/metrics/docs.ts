// docs/metrics.md, made from the table of metrics and the sets of alarms.

import type { Alarm } from "../alarms/alarm.ts";
import { ALARM_SETS, alarmSet } from "../alarms/sets.ts";
import { SERVERLESS_METRICS } from "../serverless/metrics.ts";
import { NODE_METRICS } from "./index.ts";

const HEAD = `# Metrics and alarms

Generated from \`src/models/metrics\` and \`src/models/alarms\`: \`npm run generate\`.

Names, units and meanings are CloudWatch's (namespace AWS/ElastiCache); where a metric is none of CloudWatch's, its meaning
says so. Every node reports each metric once a period of the run (\`period:\`; CloudWatch's is a minute); the result file holds
them in \`series.columns\`. A metric that a node cannot have, such as a command family that it never met, has no column.

| metric | unit | meaning |
| --- | --- | --- |
`;

/** Alarms for small and for large nodes differ in the processor's only. */
function alarmRows(): string[] {
  const seen = new Set<string>();
  return ALARM_SETS.flatMap(set =>
    [2, 4].flatMap(vcpu =>
      alarmSet(set, vcpu).flatMap(alarm => {
        const row = rowOf(alarm, set === "aws" && vcpu === 2 && alarm.metric === "CPUUtilization");
        if (seen.has(row)) return [];
        seen.add(row);
        return [row];
      }),
    ),
  );
}

function rowOf(alarm: Alarm, small: boolean): string {
  const sign = alarm.comparison === "above" ? ">" : "<";
  const threshold = small ? "90 / vCPU (nodes of up to 2)" : String(alarm.threshold);
  const points = `${alarm.datapoints} of ${alarm.of}`;
  return `| ${alarm.source} | ${alarm.name} | ${alarm.severity} | ${alarm.statistic} of ${alarm.metric} ${sign} ${threshold} | ${points} | ${alarm.periodNs / 1e9} s | ${alarm.missing} |`;
}

export function metricDocs(): string {
  const rows = (metrics: readonly { name: string; unit: string; meaning: string }[]) =>
    metrics.map(({ name, unit, meaning }) => `| ${name} | ${unit} | ${meaning} |`).join("\n");
  return `${HEAD}${rows(NODE_METRICS)}

## Serverless caches

A serverless cache shows no nodes; these are of the whole.

| metric | unit | meaning |
| --- | --- | --- |
${rows(SERVERLESS_METRICS)}

## Alarms

\`alarms: { sets: [seed, aws] }\` watches a run with these, on every node. Evaluation periods are an assumption: neither source
gives them.

| set | alarm | severity | breaches when | data points | period | missing data |
| --- | --- | --- | --- | --- | --- | --- |
${alarmRows().join("\n")}
`;
}
