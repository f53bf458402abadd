// Words behind `serve --engine memcached-1.6`: memcached's own options, short and long, and what follows -o.

import {
  flatSettings,
  type MemcachedSettings,
  modernSettings,
  settingsProblem,
} from "../../engine/memcached/settings.ts";
import { ConfigError } from "../config-file.ts";

export interface MemcachedOptions {
  readonly settings: MemcachedSettings;
  readonly port: number;
  /** This host only, unless told otherwise: there is no password in this protocol. */
  readonly listen: readonly string[];
  readonly verbosity: number;
  /** Members that `config get cluster` tells; null: the command is unknown, as in upstream's server. */
  readonly members: readonly string[] | null;
}

type Given = { -readonly [K in keyof MemcachedSettings]?: MemcachedSettings[K] };

interface Draft {
  readonly settings: Given;
  flat: boolean;
  port: number;
  listen: string[];
  verbosity: number;
  members: string[] | null;
}

interface Option {
  readonly names: readonly string[];
  /** What its value is called in messages; null: it takes none. */
  readonly value: string | null;
  readonly meaning: string;
  /** Takes the value; a text is what is wrong with it. */
  take(draft: Draft, value: string): string | undefined;
}

const MIB = 1_048_576;

function whole(text: string, least: number, most: number): number | null {
  const value = /^\d{1,10}$/u.test(text) ? Number(text) : -1;
  return value >= least && value <= most ? value : null;
}

/** A number between bounds for one setting. */
function setting(name: keyof Given, least: number, most: number, scale = 1): Option["take"] {
  return ({ settings }, text) => {
    const value = whole(text, least, most);
    if (value === null) return `needs a number from ${least} to ${most}`;
    Object.assign(settings, { [name]: value * scale });
    return undefined;
  };
}

function flag(name: keyof Given, value: boolean | number): Option["take"] {
  return ({ settings }) => void Object.assign(settings, { [name]: value });
}

function itemSize({ settings }: Draft, text: string): string | undefined {
  const found = /^(\d{1,10})([km]?)$/iu.exec(text);
  if (found === null) return "needs a size such as 1m or 512k";
  settings.itemSizeMax = Number(found[1]) * { "": 1, k: 1_024, m: MIB }[found[2].toLowerCase()]!;
  return undefined;
}

function factor({ settings }: Draft, text: string): string | undefined {
  const value = /^\d+(?:\.\d+)?$/u.test(text) ? Number(text) : 0;
  if (!(value > 1 && value <= 10)) return "needs a number above 1";
  settings.growthFactor = value;
  return undefined;
}

function louder(draft: Draft): undefined {
  draft.verbosity++;
}

const MEMCACHED_OPTIONS: readonly Option[] = [
  {
    names: ["-p", "--port"],
    value: "port",
    meaning: "TCP port; 0: a free one",
    take: (draft, text) => {
      const port = whole(text, 0, 65_535);
      if (port === null) return "needs a port from 0 to 65535";
      draft.port = port;
      return undefined;
    },
  },
  {
    names: ["-l", "--listen"],
    value: "addresses",
    meaning: "addresses, a comma between them; 127.0.0.1 when left out",
    take: (draft, text) => {
      draft.listen = text.split(",").filter(one => one !== "");
      return draft.listen.length === 0 ? "needs an address" : undefined;
    },
  },
  {
    names: ["-m", "--memory-limit"],
    value: "MB",
    meaning: "item memory",
    take: setting("maxBytes", 1, 1_048_576, MIB),
  },
  { names: ["-M", "--disable-evictions"], value: null, meaning: "no evictions", take: flag("evicts", false) },
  { names: ["-c", "--conn-limit"], value: "n", meaning: "connections", take: setting("maxConnections", 1, 1_000_000) },
  { names: ["-t", "--threads"], value: "n", meaning: "told in stats", take: setting("threads", 1, 1_024) },
  { names: ["-f", "--slab-growth-factor"], value: "factor", meaning: "between slab classes", take: factor },
  { names: ["-n", "--slab-min-size"], value: "bytes", meaning: "smallest item", take: setting("chunkSize", 1, 65_536) },
  { names: ["-I", "--max-item-size"], value: "size", meaning: "largest item", take: itemSize },
  { names: ["-C", "--disable-cas"], value: null, meaning: "no CAS ids", take: flag("cas", false) },
  {
    names: ["-F", "--disable-flush-all"],
    value: null,
    meaning: "flush_all is refused",
    take: flag("flushEnabled", false),
  },
  {
    names: ["-o", "--extended"],
    value: "options",
    meaning: "no_modern and others, a comma between them",
    take: extended,
  },
  { names: ["-v", "--verbose"], value: null, meaning: "log connections", take: louder },
  {
    names: ["--members"],
    value: "host|ip|port,…",
    meaning: "what config get cluster tells, as nodes of ElastiCache do",
    take: (draft, text) => {
      const members = text.split(",");
      if (!members.every(one => /^[^|\s]+\|[^|\s]*\|\d+$/u.test(one)))
        return "needs host|ip|port, a comma between several";
      draft.members = members;
      return undefined;
    },
  },
];

interface Extended {
  readonly hasValue: boolean;
  readonly take: Option["take"];
}

function bare(take: Option["take"]): Extended {
  return { hasValue: false, take };
}

function valued(take: Option["take"]): Extended {
  return { hasValue: true, take };
}

/** Behind -o. */
const EXTENDED_OPTIONS: Readonly<Record<string, Extended>> = {
  no_modern: bare(draft => void (draft.flat = true)),
  modern: bare(() => undefined),
  no_lru_maintainer: bare(
    ({ settings }) => void Object.assign(settings, { lruMaintainer: false, lruSegmented: false }),
  ),
  no_lru_crawler: bare(flag("lruCrawler", false)),
  no_slab_reassign: bare(flag("slabReassign", false)),
  no_slab_automove: bare(flag("slabAutomove", 0)),
  slab_automove: valued(setting("slabAutomove", 0, 2)),
  // In bytes, although its help says kilobytes; below that the header of an item with a long key has no chunk.
  slab_chunk_max: valued(setting("slabChunkMax", 512, MIB)),
  hot_lru_pct: valued(setting("hotLruPercent", 1, 80)),
  warm_lru_pct: valued(setting("warmLruPercent", 1, 80)),
  temporary_ttl: valued(({ settings }, text) => {
    const value = whole(text, 0, 2_147_483_647);
    if (value === null) return "needs seconds";
    Object.assign(settings, { tempLru: true, temporaryTtl: value });
    return undefined;
  }),
  hashpower: valued(setting("hashPower", 12, 32)),
  idle_timeout: valued(setting("idleTimeout", 0, 86_400)),
};

function extended(draft: Draft, text: string): string | undefined {
  const problems = text.split(",").flatMap(one => {
    const [name, ...rest] = one.split("=");
    const option = Object.hasOwn(EXTENDED_OPTIONS, name) ? EXTENDED_OPTIONS[name] : undefined;
    if (option === undefined) return [`there is no «${name}»; there are ${Object.keys(EXTENDED_OPTIONS).join(", ")}`];
    const value = rest.join("=");
    if (!option.hasValue && rest.length > 0) return [`${name} takes no value, it got «${value}»`];
    const problem = option.take(draft, value);
    return problem === undefined ? [] : [`${name} ${problem}`];
  });
  return problems.length === 0 ? undefined : problems.join("; ");
}

/** The words one by one: -v -v, -vv, -m64, -m 64, --port=1, --port 1. */
export function memcachedOptions(words: readonly string[]): MemcachedOptions {
  const draft: Draft = { settings: {}, flat: false, port: 11_211, listen: ["127.0.0.1"], verbosity: 0, members: null };
  const problems: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    if (/^-v{2,3}$/u.test(word)) {
      draft.verbosity += word.length - 1;
      continue;
    }
    const [name, glued] = split(word);
    const option = MEMCACHED_OPTIONS.find(one => one.names.includes(name));
    if (option === undefined) {
      problems.push(`${word}: no such option; there are\n${describeOptions()}`);
      continue;
    }
    if (option.value === null && glued !== null) {
      problems.push(`${name} takes no value, it got «${glued}»`);
      continue;
    }
    const value = option.value === null ? "" : (glued ?? words[++i]);
    if (value === undefined) problems.push(`${name} needs ${option.value}`);
    else {
      const problem = option.take(draft, value);
      if (problem !== undefined) problems.push(`${name} ${value}: ${problem}`);
    }
  }
  const settings = draft.flat ? flatSettings(draft.settings) : modernSettings(draft.settings);
  const wrong = problems.length === 0 ? settingsProblem(settings) : null;
  if (wrong !== null) problems.push(wrong);
  if (problems.length > 0) throw new ConfigError(problems.join("\n"));
  const { port, listen, verbosity, members } = draft;
  return { settings, port, listen, verbosity, members };
}

/** One a line. */
function describeOptions(): string {
  return MEMCACHED_OPTIONS.map(({ names, value, meaning }) => `  ${names[0]} ${value ?? ""}`.padEnd(28) + meaning).join(
    "\n",
  );
}

function split(word: string): [name: string, glued: string | null] {
  if (word.startsWith("--")) {
    const at = word.indexOf("=");
    return at === -1 ? [word, null] : [word.slice(0, at), word.slice(at + 1)];
  }
  return /^-[a-zA-Z]./u.test(word) ? [word.slice(0, 2), word.slice(2)] : [word, null];
}
