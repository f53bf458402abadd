// Every error text once, word for word the server's: clients and tests match on them.

import { ErrorReply } from "./reply.ts";

export const SYNTAX = new ErrorReply("ERR syntax error");
export const WRONG_TYPE = new ErrorReply("WRONGTYPE Operation against a key holding the wrong kind of value");
export const NOT_INTEGER = new ErrorReply("ERR value is not an integer or out of range");
export const NOT_FLOAT = new ErrorReply("ERR value is not a valid float");
export const OUT_OF_RANGE = new ErrorReply("ERR value is out of range");
export const MUST_BE_POSITIVE = new ErrorReply("ERR value is out of range, must be positive");
export const NO_SUCH_KEY = new ErrorReply("ERR no such key");
export const INVALID_CURSOR = new ErrorReply("ERR invalid cursor");
export const OVERFLOW = new ErrorReply("ERR increment or decrement would overflow");
export const DECREMENT_OVERFLOW = new ErrorReply("ERR decrement would overflow");
export const NAN_OR_INFINITY = new ErrorReply("ERR increment would produce NaN or Infinity");
export const NAN_OR_INFINITE = new ErrorReply("ERR value is NaN or Infinity");
export const HASH_NOT_INTEGER = new ErrorReply("ERR hash value is not an integer");
export const HASH_NOT_FLOAT = new ErrorReply("ERR hash value is not a float");
export const STRING_TOO_LONG = new ErrorReply("ERR string exceeds maximum allowed size (proto-max-bulk-len)");
export const OFFSET_OUT_OF_RANGE = new ErrorReply("ERR offset is out of range");
export const DB_INDEX_OUT_OF_RANGE = new ErrorReply("ERR DB index is out of range");
export const INVALID_FIRST_DB = new ErrorReply("ERR invalid first DB index");
export const INVALID_SECOND_DB = new ErrorReply("ERR invalid second DB index");
export const SAME_OBJECT = new ErrorReply("ERR source and destination objects are the same");
export const OOM = new ErrorReply("OOM command not allowed when used memory > 'maxmemory'.");
export const READ_ONLY = new ErrorReply("READONLY You can't write against a read only replica.");
export const NO_REPLICAS = new ErrorReply("NOREPLICAS Not enough good replicas to write.");
export const PRIMARY_DOWN = new ErrorReply(
  "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
);
export const NO_AUTH = new ErrorReply("NOAUTH Authentication required.");
export const WRONG_PASSWORD = new ErrorReply("WRONGPASS invalid username-password pair or user is disabled.");
export const NOT_IN_TRANSACTION = new ErrorReply("ERR Command not allowed inside a transaction");
export const REPLICA_NO_KEYSPACE = new ErrorReply("ERR Replica can't interact with the keyspace");
export const CROSS_SLOT = new ErrorReply("CROSSSLOT Keys in request don't hash to the same slot");
export const CLUSTER_DISABLED = new ErrorReply("ERR This instance has cluster support disabled");
export const CLUSTER_SELECT = new ErrorReply("ERR SELECT is not allowed in cluster mode");
export const NO_PROTO = new ErrorReply("NOPROTO unsupported protocol version");
export const LFU_NOT_SELECTED = new ErrorReply(
  "ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.",
);
export const LFU_SELECTED = new ErrorReply(
  "ERR An LFU maxmemory policy is selected, idle time not tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.",
);

/** The server is reading its data set; the product's name is part of the text. */
export function loading(product: string): ErrorReply {
  return new ErrorReply(`LOADING ${product === "redis" ? "Redis" : "Valkey"} is loading the dataset in memory`);
}

/** A script runs and runs: little else is served meanwhile. */
export function busy(kind: "eval" | "function", product: string): ErrorReply {
  const who = product === "redis" ? "Redis" : "Valkey";
  const ends = kind === "eval" ? "SCRIPT KILL or SHUTDOWN NOSAVE" : "FUNCTION KILL or SHUTDOWN NOSAVE";
  return new ErrorReply(`BUSY ${who} is busy running a script. You can only call ${ends}.`);
}

/** A byte that would break the reply's line is shown as a space. */
function oneLine(text: string): string {
  return text.replace(/[\r\n]/gu, " ");
}

/** As much of a text as the server shows: it ends at a zero byte. */
function shown(text: string, limit: number): string {
  const zero = text.indexOf("\0");
  return text.slice(0, zero === -1 ? limit : Math.min(zero, limit));
}

export function unknownCommand(argv: readonly string[]): ErrorReply {
  let args = "";
  for (let i = 1; i < argv.length && args.length < 128; i++) args += `'${shown(argv[i], 128 - args.length)}' `;
  return new ErrorReply(oneLine(`ERR unknown command '${shown(argv[0], 128)}', with args beginning with: ${args}`));
}

export function unknownSubcommand(container: string, name: string): ErrorReply {
  return new ErrorReply(oneLine(`ERR unknown subcommand '${shown(name, 128)}'. Try ${container.toUpperCase()} HELP.`));
}

export function wrongArity(fullName: string): ErrorReply {
  return new ErrorReply(`ERR wrong number of arguments for '${fullName}' command`);
}

export function invalidExpire(command: string): ErrorReply {
  return new ErrorReply(`ERR invalid expire time in '${command}' command`);
}
