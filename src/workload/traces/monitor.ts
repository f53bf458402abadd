// Output of MONITOR, as valkey-cli prints it or the server sends it: one command a line,
//   1700000000.123456 [0 127.0.0.1:50000] "SET" "key" "value" "EX" "60"
// What a command does to which keys is read from the engine's own command table: keys that are only read are gets, keys
// that are written are sets, keys that are removed are deletes. A command with several keys is several requests. What
// changes nothing but a TTL, and what has no keys at all, is read over and counted; so are scripts, whose calls follow.

import { type Command, SCRIPTED } from "../../engine/command.ts";
import { COMMANDS } from "../../engine/commands/index.ts";
import { findKeys } from "../../engine/introspection/key-finder.ts";
import { NOT_KEY, OW, RM, RO, RW } from "../../engine/introspection/key-specs.ts";
import { splitWords } from "../../engine/words.ts";
import { MAX_VALUE_BYTES } from "../values.ts";
import { firstLines, type TraceFormat, type TraceReader } from "./format.ts";
import type { TraceIntake } from "./intake.ts";
import { Lines } from "./lines.ts";
import { TRACE_DELETE, TRACE_GET, TRACE_SET, UNKNOWN_SIZE, UNKNOWN_TTL } from "./trace.ts";

/** Time in seconds, database and client, the rest. RESP puts a + before it, valkey-cli sends an OK first. */
const LINE = /^\+?(\d+(?:\.\d+)?) \[(\d+) ([^\]]*)\] (.*)$/u;

const ONLY_TTL = new Set(["expire", "pexpire", "expireat", "pexpireat", "persist", "touch"]);

export const monitor: TraceFormat = {
  name: "monitor",
  summary: 'output of MONITOR: 1700000000.123456 [0 127.0.0.1:50000] "GET" "key"',
  source: "the server's replicationFeedMonitors, 7.0 to 9.0",
  rule: "keys that a command reads are gets, that it writes sets, that it removes deletes; sizes and TTLs are known for SET and its kin only; commands without keys and those that change TTLs only are read over; keys of other databases than 0 get their number before them",
  tolerant: true,
  resolutionMs: 0,
  detect: head => {
    const lines = firstLines(head, 6).filter(line => line !== "" && !/^\+?OK$/u.test(line));
    return lines.length > 0 && lines.every(line => LINE.test(line));
  },
  read: intake => new MonitorReader(intake),
};

class MonitorReader implements TraceReader {
  private readonly lines: Lines;

  constructor(private readonly intake: TraceIntake) {
    this.lines = new Lines({
      line: (row, data, start, end) => {
        const text = data.toString("latin1", start, end);
        if (text !== "" && !/^\+?OK$/u.test(text)) this.command(row, text);
      },
      tooLong: () => intake.skip("a command of more than 1 MiB"),
    });
  }

  push(chunk: Buffer): void {
    this.lines.push(chunk);
  }

  finish(): void {
    this.lines.finish();
    this.intake.end(this.lines.row);
  }

  private command(row: number, text: string): void {
    const { intake } = this;
    const match = LINE.exec(text);
    const argv = match === null ? null : splitWords(match[4]);
    if (match === null || argv === null || argv.length === 0) {
      return intake.problem(row, `«${text.slice(0, 40)}» is no line of MONITOR`);
    }
    const name = argv[0].toLowerCase();
    let command: Command | undefined = COMMANDS.get(name);
    if (command?.children != null && argv.length > 1) command = command.children.get(argv[1].toLowerCase()) ?? command;
    if (command === undefined) return intake.skip(`${name.toUpperCase()}, which the engine does not know`);
    if (ONLY_TTL.has(name)) return intake.skip(name.toUpperCase());
    if ((command.flags & SCRIPTED) !== 0)
      return intake.skip(`${name.toUpperCase()}, whose calls stand on their own lines`);
    const prefix = match[2] === "0" ? "" : `${match[2]}:`;
    let keys = 0;
    for (const { position, flags } of findKeys(command, argv)) {
      if ((flags & NOT_KEY) !== 0 || position >= argv.length) continue;
      keys++;
      const op = (flags & RM) !== 0 ? TRACE_DELETE : (flags & (OW | RW)) !== 0 ? TRACE_SET : TRACE_GET;
      if ((flags & (RO | OW | RW | RM)) === 0) continue;
      const [size, ttl] = op === TRACE_SET ? stored(name, argv, position) : [UNKNOWN_SIZE, UNKNOWN_TTL];
      if (!intake.take(row, Number(match[1]) * 1_000, prefix + argv[position], op, size, ttl)) return;
    }
    if (keys === 0) intake.skip(`${name.toUpperCase()}, which has no keys`);
  }
}

const TTL_MS: Readonly<Record<string, number>> = { ex: 1_000, px: 1 };

/** Bytes and seconds to live that a store gives its key. */
function stored(name: string, argv: readonly string[], position: number): [size: number, ttl: number] {
  const bytes = (at: number) => Math.min(MAX_VALUE_BYTES, argv[at]?.length ?? 0);
  switch (name) {
    case "set": {
      for (let i = 3; i + 1 < argv.length; i++) {
        const unit = TTL_MS[argv[i].toLowerCase()];
        if (unit !== undefined) return [bytes(2), (Number(argv[i + 1]) * unit) / 1_000 || 0];
        // An absolute time or one that stays: not known from this line.
        if (/^(?:exat|pxat|keepttl)$/iu.test(argv[i])) return [bytes(2), UNKNOWN_TTL];
      }
      return [bytes(2), /^keepttl$/iu.test(argv[3] ?? "") ? UNKNOWN_TTL : 0];
    }
    case "setex":
      return [bytes(3), Number(argv[2]) || 0];
    case "psetex":
      return [bytes(3), Number(argv[2]) / 1_000 || 0];
    case "setnx":
    case "getset":
      return [bytes(2), 0];
    case "mset":
    case "msetnx":
      return [bytes(position + 1), 0];
    default:
      return [UNKNOWN_SIZE, UNKNOWN_TTL];
  }
}
