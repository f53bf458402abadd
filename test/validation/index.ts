// All validation subjects, and the page made from them: docs/validation.md, written by `npm run validation`.

import { clients } from "./clients.ts";
import { copyOnWrite } from "./copy-on-write.ts";
import { failover } from "./failover.ts";
import { hitRate } from "./hit-rate.ts";
import { memory } from "./memory.ts";
import { node } from "./node.ts";
import { queueing } from "./queueing.ts";
import { deviation, type Row, type Subject } from "./row.ts";
import { sampled } from "./sampled.ts";
import { throughput } from "./throughput.ts";

export const SUBJECTS: readonly Subject[] = [
  queueing,
  node,
  hitRate,
  memory,
  copyOnWrite,
  failover,
  clients,
  throughput,
  sampled,
];

export const PREAMBLE = `<!-- Written by \`npm run validation\` from test/validation; the tests hold it to that. -->
# Validation

What cachecast predicts, beside theory, real servers and published figures. Every row is a test that fails beyond its bound,
and this page is written from the rows. The models themselves, and what they leave out, are in [models.md](models.md).
`;

function figure(value: number): string {
  const digits = Math.abs(value) >= 1_000 ? 0 : Math.abs(value) >= 100 ? 1 : Math.abs(value) >= 10 ? 2 : 3;
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function signed(value: number, digits: number): string {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(digits)}`;
}

function line(row: Row): string {
  const off = deviation(row);
  const unit = row.unit === "%" ? "points" : row.unit;
  const text =
    row.kind === "relative"
      ? [`${signed(100 * off, 1)} %`, `${figure(100 * row.bound)} %`.replace(/\.0+ /u, " ")]
      : [`${signed(off, 2)} ${unit}`, `${row.bound.toFixed(2)} ${unit}`];
  return `| ${row.what} | ${figure(row.predicted)} ${row.unit} | ${figure(row.reference)} ${row.unit} | ${text.join(" | ")} |`;
}

/** One section of the page. */
export function section(subject: Subject, rows: readonly Row[]): string {
  return [
    `## ${subject.title}`,
    "",
    subject.about,
    "",
    "| | cachecast | reference | deviation | bound |",
    "| --- | ---: | ---: | ---: | ---: |",
    ...rows.map(line),
    "",
  ].join("\n");
}

/** The whole page. Needs the figures of every subject. */
export function validationDocs(): string {
  return `${PREAMBLE}\n${SUBJECTS.map(subject => section(subject, subject.rows())).join("\n")}`;
}
