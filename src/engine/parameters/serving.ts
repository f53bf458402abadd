// Parameters that only a served engine reads: sockets, files, logging, persistence and replication over real connections.

import { addresses, outputLimits, primaryAddress, savePoints } from "./arguments.ts";
import { fileName, hostName, ipV4, ipV6, nodeName, notEmpty } from "./checks.ts";
import {
  all,
  choice,
  flag,
  INT_MAX,
  INT_MIN,
  integer,
  isSince8,
  LONG_MAX,
  memory,
  type ParameterSpec,
  text,
} from "./spec.ts";

const immutable = { mutable: false } as const;
const PROTECTED_CHOICES = ["no", "yes", "local"] as const;

const SHUTDOWN_WORDS = ["default", "save", "nosave", "now", "force"] as const;

function shutdownWords(words: ReadonlySet<string>): string | null {
  return words.has("save") && words.has("nosave")
    ? "shutdown options SAVE and NOSAVE can't be used simultaneously"
    : null;
}

const CONNECTIONS: readonly ParameterSpec[] = [
  integer("port", 6_379, 0, 65_535),
  // The server's own default is every address; ours is safe.
  { ...text("bind", "127.0.0.1 -::1"), kind: { type: "arguments", read: addresses } },
  text("bind-source-addr"),
  flag("protected-mode", true),
  { ...text("unixsocket"), ...immutable },
  { name: "unixsocketperm", kind: { type: "octal", max: 0o777 }, initial: "0", mutable: false },
  integer("tcp-backlog", 511, 0, INT_MAX, false),
  integer("tcp-keepalive", 300),
  integer("timeout", 0),
  memory("client-query-buffer-limit", 1_073_741_824, 1_048_576),
  {
    name: "client-output-buffer-limit",
    kind: { type: "arguments", read: outputLimits },
    initial: "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60",
    mutable: true,
  },
  {
    name: "maxmemory-clients",
    kind: { type: "memory", min: 0, max: LONG_MAX, percent: 100 },
    initial: "0",
    mutable: true,
  },
];

const FILES: readonly ParameterSpec[] = [
  { ...text("dir", ".", notEmpty("dir")), protected: true, notWhileLoading: true },
  { ...text("pidfile", profile => (isSince8(profile) ? "/var/run/valkey.pid" : "/var/run/redis.pid")), ...immutable },
  { ...text("logfile"), ...immutable },
  choice("loglevel", "notice", ["debug", "verbose", "notice", "warning", "nothing"]),
  flag("hide-user-data-from-log", true),
  integer("shutdown-timeout", 10),
  choice("enable-protected-configs", "no", PROTECTED_CHOICES, false),
  choice("enable-debug-command", "no", PROTECTED_CHOICES, false),
  choice("enable-module-command", "no", PROTECTED_CHOICES, false),
  ...(["shutdown-on-sigint", "shutdown-on-sigterm"] as const).map(
    (name): ParameterSpec => ({
      name,
      kind: { type: "words", values: SHUTDOWN_WORDS, check: shutdownWords },
      initial: "default",
      mutable: true,
    }),
  ),
];

const PERSISTENCE: readonly ParameterSpec[] = [
  {
    name: "save",
    kind: { type: "arguments", read: savePoints },
    initial: "3600 1 300 100 60 10000",
    mutable: true,
  },
  { ...text("dbfilename", "dump.rdb", fileName("dbfilename")), protected: true },
  flag("rdbcompression", true),
  flag("rdbchecksum", true, false),
  flag("stop-writes-on-bgsave-error", true),
  { ...flag("appendonly", false), notWhileLoading: true },
  { ...text("appendfilename", "appendonly.aof", fileName("appendfilename")), ...immutable },
  { ...text("appenddirname", "appendonlydir", fileName("appenddirname", "dirname")), ...immutable },
  choice("appendfsync", "everysec", ["everysec", "always", "no"]),
  flag("aof-use-rdb-preamble", true),
  flag("aof-load-truncated", true),
  flag("aof-timestamp-enabled", false),
  { ...flag("aof-disable-auto-gc", false), hidden: true },
  integer("auto-aof-rewrite-percentage", 100),
  memory("auto-aof-rewrite-min-size", 64 * 1_048_576),
  { ...integer("rdb-key-save-delay", 0, INT_MIN), hidden: true },
  { ...integer("key-load-delay", 0, INT_MIN), hidden: true },
];

const REPLICATION: readonly ParameterSpec[] = [
  {
    name: "replicaof",
    aliases: ["slaveof"],
    kind: { type: "arguments", read: primaryAddress },
    initial: "",
    mutable: false,
  },
  { ...text("primaryauth"), aliases: ["masterauth"], renamed: true, sensitive: true },
  { ...text("primaryuser"), aliases: ["masteruser"], renamed: true, sensitive: true },
  { ...integer("replica-priority", 100), aliases: ["slave-priority"] },
  { ...text("replica-announce-ip"), aliases: ["slave-announce-ip"] },
  { ...integer("replica-announce-port", 0, 0, 65_535), aliases: ["slave-announce-port"] },
  flag("replica-announced", true),
  { ...integer("repl-ping-replica-period", 10, 1), aliases: ["repl-ping-slave-period"] },
  integer("repl-timeout", 60, 1),
  integer("repl-backlog-ttl", 3_600, 0, LONG_MAX),
  flag("repl-diskless-sync", true),
  integer("repl-diskless-sync-delay", 5),
  integer("repl-diskless-sync-max-replicas", 0),
  {
    ...choice("repl-diskless-load", "disabled", ["disabled", "on-empty-db", "swapdb"]),
    notWhileLoading: true,
  },
];

const CLUSTER: readonly ParameterSpec[] = [
  { ...text("cluster-config-file", "nodes.conf", notEmpty("cluster-config-file")), ...immutable },
  integer("cluster-port", 0, 0, 65_535, false),
  text("cluster-announce-ip"),
  { ...text("cluster-announce-client-ipv4", "", ipV4), since: 8 },
  { ...text("cluster-announce-client-ipv6", "", ipV6), since: 8 },
  text("cluster-announce-hostname", "", hostName),
  { ...text("cluster-announce-human-nodename", "", nodeName), since: 7.2 },
  integer("cluster-announce-port", 0, 0, 65_535),
  integer("cluster-announce-bus-port", 0, 0, 65_535),
  choice("cluster-preferred-endpoint-type", "ip", ["ip", "hostname", "unknown-endpoint"]),
  flag("cluster-allow-pubsubshard-when-down", true),
  flag("cluster-allow-replica-migration", true),
  integer("cluster-migration-barrier", 1),
  { ...flag("cluster-replica-no-failover", false), aliases: ["cluster-slave-no-failover"] },
  { ...integer("cluster-replica-validity-factor", 10), aliases: ["cluster-slave-validity-factor"] },
  { ...flag("cluster-slot-stats-enabled", false), since: 8 },
  { ...integer("cluster-ping-interval", 0, 0, LONG_MAX), hidden: true },
  memory("cluster-link-sendbuf-limit", 0),
  { ...integer("cluster-blacklist-ttl", 60, 0, INT_MAX), since: 8 },
];

export const SERVING_PARAMETERS: readonly ParameterSpec[] = all(
  [...CONNECTIONS, ...FILES, ...PERSISTENCE, ...REPLICATION, ...CLUSTER],
  { served: true },
).map(spec => (spec.name === "hide-user-data-from-log" ? { ...spec, since: 8 } : spec));
