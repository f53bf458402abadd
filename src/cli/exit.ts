// Exit codes, and the one error that carries one. The table is part of the contract with scripts and CI.

export const EXIT = {
  pass: 0,
  internal: 1,
  usage: 2,
  invalid: 3,
  checkFailed: 4,
  infeasible: 5,
  interrupted: 130,
} as const;

export const EXIT_TABLE = [
  "0 pass",
  "1 internal error",
  "2 usage",
  "3 invalid scenario or input file",
  "4 a check failed",
  "5 no feasible plan",
  "130 interrupted",
].join(" · ");

/** Ends the program with a message on stderr and an exit code; no stack trace. */
export class CliError extends Error {
  override readonly name = "CliError";
  constructor(
    message: string,
    readonly code: number,
  ) {
    super(message);
  }
}
