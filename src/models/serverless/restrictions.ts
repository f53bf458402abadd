// Commands that a serverless cache does not offer: those that no ElastiCache node offers (UG23, RestrictedCommands), and
// more (AWS toolkit 2026-08; PARAM): SELECT, KEYS, MONITOR, PSUBSCRIBE, functions, the command log.

const ON_NO_NODE = [
  "acl|setuser",
  "acl|load",
  "acl|save",
  "acl|deluser",
  "bgrewriteaof",
  "bgsave",
  "cluster|addslots",
  "cluster|addslotsrange",
  "cluster|bumpepoch",
  "cluster|delslots",
  "cluster|delslotsrange",
  "cluster|failover",
  "cluster|flushslots",
  "cluster|forget",
  "cluster|meet",
  "cluster|setslot",
  "config",
  "debug",
  "migrate",
  "psync",
  "replicaof",
  "save",
  "slaveof",
  "shutdown",
  "sync",
];

const NOT_SERVERLESS = ["select", "keys", "monitor", "psubscribe", "function", "fcall", "fcall_ro", "commandlog"];

const RESTRICTED: ReadonlySet<string> = new Set([...ON_NO_NODE, ...NOT_SERVERLESS]);

/** Whether a command, by its full name in lower case («cluster|meet»), is refused. */
export function isRestricted(fullName: string): boolean {
  return RESTRICTED.has(fullName) || RESTRICTED.has(fullName.split("|")[0]);
}
