// Commands that turn the knobs of memory: pages, lists, the crawler, the limit.

import type { TextCommand } from "./command.ts";
import { ANY, BAD_FORMAT, notesNoreply } from "./command.ts";
import { fraction, signed32, unsigned32 } from "./numbers.ts";
import type { TextSession } from "./session.ts";

const MOVED = {
  OK: "OK",
  BADCLASS: "BADCLASS invalid src or dst class id",
  NOSPARE: "NOSPARE source class has no spare pages",
  BUSY: "BUSY currently processing reassign request",
  SAME: "SAME src and dst class are identical",
} as const;

function slabs(session: TextSession, words: readonly string[]): void {
  const { store } = session;
  const { settings } = store;
  if (words.length === 4 && words[1] === "reassign") {
    if (!settings.slabReassign) return session.say("CLIENT_ERROR slab reassignment disabled");
    const from = signed32(words[2]);
    const to = signed32(words[3]);
    if (from === null || to === null) return session.say(BAD_FORMAT);
    return session.say(MOVED[store.background.reassign(from, to)]);
  }
  if (words.length < 3 || words[1] !== "automove") return session.say("ERROR");
  notesNoreply(session, words);
  if (words[2] === "ratio") {
    const ratio = words.length < 4 ? null : fraction(words[3]);
    if (ratio === null) return session.say("ERROR");
    settings.slabAutomoveRatio = ratio;
    return session.say("OK");
  }
  const level = unsigned32(words[2]);
  if (level === null) return session.say(BAD_FORMAT);
  if (level > 2) return session.say("ERROR");
  settings.slabAutomove = level;
  session.say("OK");
}

function lru(session: TextSession, words: readonly string[]): void {
  const { settings } = session.store;
  notesNoreply(session, words);
  const [, what, ...rest] = words;
  if (what === "tune" && rest.length >= 4) return tune(session, rest);
  if (!settings.lruMaintainer || rest.length < 1) return session.say("ERROR");
  if (what === "mode" && (rest[0] === "flat" || rest[0] === "segmented")) {
    settings.lruSegmented = rest[0] === "segmented";
    return session.say("OK");
  }
  const ttl = what === "temp_ttl" ? signed32(rest[0]) : null;
  if (ttl === null) return session.say("ERROR");
  settings.tempLru = ttl >= 0;
  if (ttl >= 0) settings.temporaryTtl = ttl;
  session.say("OK");
}

function tune(session: TextSession, [hot, warm, hotFactor, warmFactor]: readonly string[]): void {
  const { settings } = session.store;
  const hotPercent = unsigned32(hot);
  const warmPercent = unsigned32(warm);
  const hotAge = fraction(hotFactor);
  const warmAge = fraction(warmFactor);
  if (hotPercent === null || warmPercent === null || hotAge === null || warmAge === null) return session.say("ERROR");
  if (hotPercent + warmPercent > 80) return session.say("ERROR hot and warm pcts must not exceed 80");
  if (hotAge <= 0 || warmAge <= 0) return session.say("ERROR hot/warm age factors must be greater than 0");
  settings.hotLruPercent = hotPercent;
  settings.warmLruPercent = warmPercent;
  settings.hotMaxFactor = hotAge;
  settings.warmMaxFactor = warmAge;
  session.say("OK");
}

function lruCrawler(session: TextSession, words: readonly string[]): void {
  const { store } = session;
  const { settings } = store;
  const [, what, value] = words;
  if (words.length === 2 && (what === "enable" || what === "disable")) {
    settings.lruCrawler = what === "enable";
    return session.say("OK");
  }
  if (words.length !== 3) return session.say("ERROR");
  if (what === "sleep" || what === "tocrawl") {
    const given = unsigned32(value);
    if (given === null) return session.say(BAD_FORMAT);
    if (what === "sleep" && given > 1_000_000) return session.say("CLIENT_ERROR sleep must be one second or less");
    if (what === "tocrawl") store.background.crawler.most = given;
    return session.say("OK");
  }
  if (what !== "crawl" && what !== "metadump") return session.say("ERROR");
  if (!settings.lruCrawler) return session.say("CLIENT_ERROR lru crawler disabled");
  const classes = value === "all" ? store.classes.sizes.map((_, i) => i).slice(1) : value.split(",").map(unsigned32);
  if (classes.some(one => one === null || one < 1 || one > store.classes.largest)) {
    return session.say("BADCLASS invalid class id");
  }
  if (what === "metadump") return metadump(session, classes as number[]);
  session.say(store.background.crawler.crawlClasses(classes as number[]) ? "OK" : "NOTSTARTED no items to crawl");
}

/** Every item that is alive, a line each; the server ends these lines with LF alone. */
function metadump(session: TextSession, classes: readonly number[]): void {
  const { store } = session;
  for (const line of store.background.crawler.describe(classes)) session.write(`${line}\n`);
  session.write("END\r\n");
}

function memoryLimit(session: TextSession, words: readonly string[]): void {
  const { store } = session;
  notesNoreply(session, words);
  const megabytes = unsigned32(words[1]);
  if (megabytes === null) return session.say("ERROR");
  if (megabytes < 8) return session.say("MEMLIMIT_TOO_SMALL cannot set maxbytes to less than 8m");
  if (megabytes > 1_000_000_000) return session.say("MEMLIMIT_ADJUST_FAILED input value is megabytes not bytes");
  store.settings.maxBytes = megabytes * 1_048_576;
  store.slabs.shrink();
  session.say("OK");
}

export const MEMORY: readonly TextCommand[] = [
  {
    name: "slabs",
    group: "memory",
    syntax: "reassign <from> <to> | automove <0|1|2> | automove ratio <ratio>",
    summary: "Moves a page to another class, or says when pages move by themselves",
    least: 0,
    most: ANY,
    run: slabs,
  },
  {
    name: "lru",
    group: "memory",
    syntax: "tune <hot %> <warm %> <hot factor> <warm factor> | mode <flat|segmented> | temp_ttl <ttl>",
    summary: "Sets how the segments of the LRU are kept",
    least: 1,
    most: ANY,
    run: lru,
  },
  {
    name: "lru_crawler",
    group: "memory",
    syntax: "<enable|disable> | sleep <us> | tocrawl <items> | crawl <classes|all> | metadump <classes|all>",
    summary: "Looks for dead items, or lists all that are alive",
    least: 0,
    most: ANY,
    run: lruCrawler,
  },
  {
    name: "cache_memlimit",
    group: "memory",
    syntax: "<megabytes> [noreply]",
    summary: "Sets the limit of item memory",
    least: 1,
    most: 2,
    run: memoryLimit,
  },
];
