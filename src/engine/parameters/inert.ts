// Parameters that are known, checked, kept and shown, and have no effect here: each group says why. They exist so that
// tools which read or set them find what they expect.

import { oomScores } from "./arguments.ts";
import { processTitle } from "./checks.ts";
import { all, choice, flag, integer, isSince8, LONG_MAX, memory, type ParameterSpec, text, UINT_MAX } from "./spec.ts";

const immutable = { mutable: false } as const;
const as8 = (profile: Parameters<typeof isSince8>[0]): string => (isSince8(profile) ? "yes" : "no");

function inert(reason: string, specs: readonly ParameterSpec[]): readonly ParameterSpec[] {
  return all(specs, { inert: reason });
}

/** Processors to run on; called with an underscore before 8. */
function cpuList(name: string): ParameterSpec {
  return { ...text(name), aliases: [name.replaceAll("-", "_")], renamed: true, mutable: false };
}

const TLS_TEXTS = [
  "tls-cert-file",
  "tls-key-file",
  "tls-key-file-pass",
  "tls-client-cert-file",
  "tls-client-key-file",
  "tls-client-key-file-pass",
  "tls-dh-params-file",
  "tls-ca-cert-file",
  "tls-ca-cert-dir",
  "tls-protocols",
  "tls-ciphers",
  "tls-ciphersuites",
] as const;

export const INERT_PARAMETERS: readonly ParameterSpec[] = [
  ...inert("connections are never encrypted here", [
    integer("tls-port", 0, 0, 65_535),
    integer("cluster-announce-tls-port", 0, 0, 65_535),
    flag("tls-cluster", false),
    flag("tls-replication", false),
    choice("tls-auth-clients", "yes", ["no", "yes", "optional"]),
    flag("tls-prefer-server-ciphers", false),
    flag("tls-session-caching", true),
    integer("tls-session-cache-size", 20_480),
    integer("tls-session-cache-timeout", 300),
    { ...integer("max-new-tls-connections-per-cycle", 1, 1, 1_000), since: 8 },
    ...TLS_TEXTS.map(name => ({ ...text(name), sensitive: name.endsWith("-pass") })),
  ]),
  ...inert("one JavaScript thread does all the work", [
    integer("io-threads", 1, 1, 128, false),
    flag("io-threads-do-reads", as8, false),
    { ...integer("events-per-io-thread", 2), since: 8 },
    { ...integer("prefetch-batch-max-size", 16, 0, 128), since: 8 },
    ...["server-cpulist", "bio-cpulist", "aof-rewrite-cpulist", "bgsave-cpulist"].map(cpuList),
  ]),
  ...inert("a matter of the operating system's process that Node.js does not reach", [
    choice("supervised", "no", ["upstart", "systemd", "auto", "no"], false),
    flag("syslog-enabled", false, false),
    { ...text("syslog-ident", profile => (isSince8(profile) ? "valkey" : "redis")), ...immutable },
    choice(
      "syslog-facility",
      "local0",
      ["user", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7"],
      false,
    ),
    {
      name: "oom-score-adj",
      kind: { type: "choice", values: ["no", "yes", "absolute"], same: { relative: "yes" } },
      initial: "no",
      mutable: true,
    },
    {
      name: "oom-score-adj-values",
      kind: { type: "arguments", read: oomScores },
      initial: "0 200 800",
      mutable: true,
    },
    flag("disable-thp", true, false),
    flag("set-proc-title", true, false),
    text("proc-title-template", "{title} {listen-addr} {server-mode}", processTitle),
    { ...text("locale-collate"), since: 7.2 },
    flag("crash-log-enabled", true),
    flag("crash-memcheck-enabled", true),
    { ...flag("use-exit-on-panic", false), hidden: true },
    { ...integer("watchdog-period", 0), hidden: true },
    text("ignore-warnings"),
    { ...text("unixsocketgroup"), ...immutable, since: 8 },
    integer("socket-mark-id", 0, 0, UINT_MAX, false),
    flag("always-show-logo", false, false),
  ]),
  ...inert("the server stays in the foreground; what supervises it may put it elsewhere", [
    flag("daemonize", false, false),
  ]),
  ...inert("a synchronisation leaves no file behind", [flag("rdb-del-sync-files", false)]),
  ...inert("the append-only file is synced without waiting for a disk that is busy", [
    flag("no-appendfsync-on-rewrite", false),
  ]),
  ...inert("payloads are always checked in depth", [choice("sanitize-dump-payload", "no", ["no", "yes", "clients"])]),
  ...inert("what is emptied is freed by JavaScript's collector in its own time", [
    { ...flag("replica-lazy-flush", as8), aliases: ["slave-lazy-flush"] },
  ]),
  ...inert("memory is counted by formulas, not handed out by an allocator that fragments", [
    flag("jemalloc-bg-thread", true),
    flag("activedefrag", false),
    memory("active-defrag-ignore-bytes", 100 * 1_048_576, 1),
    integer("active-defrag-threshold-lower", 10, 0, 1_000),
    integer("active-defrag-threshold-upper", 100, 0, 1_000),
    integer("active-defrag-cycle-min", 1, 1, 99),
    integer("active-defrag-cycle-max", 25, 1, 99),
    integer("active-defrag-max-scan-fields", 1_000, 1, LONG_MAX),
  ]),
  ...inert("timing inside the server that is not modelled", [
    { ...integer("loading-process-events-interval-bytes", 2_097_152, 1_024), hidden: true },
    flag("dynamic-hz", true),
    flag("rdb-save-incremental-fsync", true),
    flag("aof-rewrite-incremental-fsync", true),
    flag("repl-disable-tcp-nodelay", false),
    { ...flag("dual-channel-replication-enabled", false), since: 8 },
    flag("replica-ignore-disk-write-errors", false),
    { ...integer("max-new-connections-per-cycle", 10, 1, 1_000), since: 8 },
    choice("propagation-error-behavior", "ignore", ["ignore", "panic", "panic-on-replicas"]),
    { ...flag("enable-debug-assert", false, false), hidden: true, since: 8 },
    { ...text("debug-context"), hidden: true, since: 8 },
  ]),
];
