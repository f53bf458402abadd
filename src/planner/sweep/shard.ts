// Which points a machine of several does: `--shard 2/8`. `auto/8` takes its number from the environment of a Kubernetes
// Indexed Job (JOB_COMPLETION_INDEX, from 0) or of an AWS Batch array job (AWS_BATCH_JOB_ARRAY_INDEX, from 0).

export interface Shard {
  /** From 1. */
  readonly number: number;
  readonly of: number;
}

const NAMES = ["JOB_COMPLETION_INDEX", "AWS_BATCH_JOB_ARRAY_INDEX"] as const;

/** Parses `2/8` or `auto/8`; a sentence says what is wrong. */
export function parseShard(text: string, environment: Readonly<Record<string, string | undefined>>): Shard | string {
  const match = /^(auto|\d+)\/(\d+)$/u.exec(text);
  if (match === null) return `--shard needs the form 2/8 or auto/8, got «${text}»`;
  const of = Number(match[2]);
  let number = Number(match[1]);
  if (match[1] === "auto") {
    const name = NAMES.find(one => /^\d+$/u.test(environment[one] ?? ""));
    if (name === undefined) return `--shard ${text}: neither ${NAMES.join(" nor ")} is set to a number`;
    number = Number(environment[name]) + 1;
  }
  if (number < 1 || number > of) return `--shard ${text}: there is no part ${number} of ${of}`;
  return { number, of };
}

/** Points in turn, so that neighbours, which take as long as each other, are spread. */
export function isIn({ number, of }: Shard, index: number): boolean {
  return index % of === number - 1;
}
