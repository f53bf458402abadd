// Where a command differs from the server's, as far as we know, and which commands of the server are not there, with the
// reason. docs/commands.md is made from this; a test holds it to the table of Valkey 8.0.1.

/** By full name ("config|get"); a container stands for all its subcommands. */
export const DEVIATIONS: Readonly<Record<string, string>> = {
  module: "There are none, and none can be loaded.",
  migrate: "Other calls are served while the keys are on their way; the server holds everything up.",
};

/** Commands of Valkey 8.0.1 that are not there. */
export const ABSENT: Readonly<Record<string, string>> = {};
