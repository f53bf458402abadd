// docs/scenario.md, made from the schema: every key with its meaning, its default and examples.

import { stringify } from "yaml";
import { clientLibraries, GENERIC_LIBRARY } from "../catalog/client-libraries.ts";
import { DRILLS } from "../drills/index.ts";
import { DISTRIBUTIONS } from "../sim/distributions/index.ts";
import { POPULARITIES } from "../workload/popularity.ts";
import { READY_WORKLOADS } from "../workload/ready/index.ts";
import type { ReadyWorkload } from "../workload/ready/ready.ts";
import { PLACEHOLDERS } from "../workload/template.ts";
import { genericDefaults, inCode, inWords, keyFacts } from "./key-facts.ts";
import { METRICS } from "./metrics.ts";

function libraryTable(): string {
  const lines = clientLibraries().map(({ library, language, version, summary, defaults }) => {
    const differences = defaults
      .filter(
        row =>
          library === GENERIC_LIBRARY || genericDefaults.get(`clients[].${row.key}`) !== inCode(inWords(row.value)),
      )
      .map(({ key, value, single }) => {
        const other = single === undefined ? "" : ` (mode single: ${inWords(single)})`;
        return `${inCode(`${key}: ${inWords(value)}`)}${other}`;
      });
    return `| ${inCode(library)} | ${language} | ${version} | ${summary} | ${differences.join(", ")} |`;
  });
  return lines.join("\n");
}

/** A ready workload as it would be written. */
function readyText({ name, summary, source, workload }: ReadyWorkload): string {
  const text = stringify(workload, { lineWidth: 120 }).trimEnd().replaceAll(/^/gmu, "    ");
  return `### ${name}\n\nFor ${summary}. Source: ${source}.\n\n${text}`;
}

export function scenarioDocs(): string {
  const out = keyFacts().map(
    ({ path, kind, initial, meaning }) =>
      `| ${inCode(path)} | ${kind} | ${initial} | ${meaning.replaceAll("|", "\\|")} |`,
  );
  const distributions = DISTRIBUTIONS.map(({ name, summary, forms }) => {
    const shapes = forms.map(form => inCode(`${name}(${form.parameters.map(one => `${one.name}=…`).join(", ")})`));
    return `| ${shapes.length > 0 ? shapes.join(" ") : inCode(`${name}(…, …)`)} | ${summary} |`;
  });
  return `<!-- Generated from the schema by \`npm run generate\`; a test holds it to that. -->
# Scenarios

A scenario is one YAML file. \`scenarios/reference.yaml\` shows every key with its default; this page says what they mean.
The first line of a scenario may name the schema, so that editors complete and check it:

    # yaml-language-server: $schema=../schema/scenario.schema.json

## Quantities

Durations: \`250us\`, \`20ms\`, \`1.5s\`, \`10m\`, \`1h\`, \`2d\`. Sizes: \`512B\`, \`1.2KiB\` (1024), \`4kB\` (1000), \`64MiB\`, \`2GB\`.
Counts: \`500\`, \`20k\`, \`2M\`. Rates: \`500/s\`, \`20k/s\`, \`90/min\`. Shares: \`80%\` or \`0.8\`. Money: \`$1500\`.
A bare number is refused where a unit is needed.

Where a distribution is allowed, a plain quantity is one too (always the same), and so are

| text | meaning |
| --- | --- |
| \`1h +-10%\` | uniform within a tenth on either side |
${distributions.join("\n")}
| \`mix(80%: 1h, 20%: 5m +-10%)\` | parts by weight |

A rate may be an expression of \`t\`, the seconds since the start: \`20k/s * (1 + 0.6*sin(2*pi*t/1d))\`, with the functions
sin cos tan exp log log2 log10 sqrt abs floor ceil round min max pow mod, \`ramp(t, from, to)\` (0 to 1) and
\`pulse(t, from, to)\` (1 within, else 0).

## Keys

| key | kind | default | meaning |
| --- | --- | --- | --- |
${out.join("\n")}

## Client libraries

\`library:\` sets what the keys of a client are when they are left out; every one can still be given. What a library says
nothing about is as the generic one has it. Sources and notes stand in \`src/catalog/clients/\`.

| library | language | version | what it is like | defaults |
| --- | --- | --- | --- | --- |
${libraryTable()}

## Popularity of keys

| text | meaning |
| --- | --- |
${POPULARITIES.map(one => `| ${inCode(one.parameters.length === 0 ? one.name : `${one.name}(${one.parameters.map(p => p.name).join(", ")})`)} | ${one.summary} |`).join("\n")}

## Command templates

Words are separated by spaces; these are filled in for every request: ${PLACEHOLDERS.map(inCode).join(", ")}.
\`{zipf:10k,0.8}\` draws ranks from 0 on by Zipf's law (exponent 0.99 when left out); \`{script:name}\` is the SHA-1 of one of the
workload's \`scripts\`.

## Ready workloads

\`use:\` names one of them; what the workload writes itself takes the place of what is said here.

${READY_WORKLOADS.map(readyText).join("\n\n")}

## Drills

| drill | what happens |
| --- | --- |
${DRILLS.map(one => `| ${inCode(one.name)} | ${one.summary} |`).join("\n")}

## Checks

\`expect:\` holds lines of the form METRIC COMPARISON LIMIT [WINDOW], such as \`p99 < 2ms outside drills\`. The comparisons are
< <= > >= == !=. Windows: after warmup (the default), outside drills, during drills, over all, between 1m and 5m, after 1m,
before 5m. A metric of one workload is written \`pages.p99\`. A check without anything to measure fails.

| metric | limit | of one workload | meaning |
| --- | --- | --- | --- |
${METRICS.map(one => `| ${inCode(one.name)} | ${one.unit} | ${one.perWorkload ? "yes" : ""} | ${one.summary} |`).join("\n")}

## Overlays and settings

\`-f overlay.yaml\` merges another file over the scenario: mappings merge, lists and everything else replace. \`--set path=value\`
changes one value: \`--set cluster.shards=5\`, \`--set workload[0].rate=30k/s\`, \`--set '~drills'\` removes. The value is read as
YAML. Both may be repeated; later ones win. A path that the grammar does not know is an error.

## Traces

\`workload[].trace\` replays a CSV file, plain or gzip, with a header that names the columns \`time_ms\`, \`key\` (both required),
\`op\` (get or set), \`size\` (bytes) and \`ttl_s\` (0: none), in any order. Empty fields are unknown and filled from \`sizes\` and
\`ttl\`. Times must not fall. Every row is checked before the run; bad ones are named by file and row.
`;
}
