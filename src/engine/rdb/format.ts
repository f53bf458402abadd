// What the versions write differently.

import { formatDouble, formatDouble17, shortestDouble } from "../numbers.ts";
import type { EngineProfile } from "../profile.ts";

export interface RdbFormat {
  /** In the file's head and at the end of DUMP payloads; newer ones are refused. */
  readonly version: number;
  /** The first nine bytes of a file. */
  readonly magic: string;
  /** The aux field that names the version of the writer. */
  readonly versionField: "redis-ver" | "valkey-ver";
  /** Consumers of streams have an active time: 7.2 and later. */
  readonly activeTimes: boolean;
  /** In cluster mode keys are grouped by slot, and each group says how many they are: 8.0 and later. */
  readonly slotInfo: boolean;
  /** A score inside a listpack that is no integer. */
  scoreText(score: number): string;
  /** A score in a digest. */
  digestScore(score: number): string;
}

/** Whole numbers up to 2^62 stand in listpacks as integers. */
function isPlainInteger(score: number): boolean {
  return Number.isInteger(score) && Math.abs(score) <= 2 ** 62;
}

const REDIS_7_0: RdbFormat = {
  version: 10,
  magic: "REDIS0010",
  versionField: "redis-ver",
  activeTimes: false,
  slotInfo: false,
  scoreText: score => (isPlainInteger(score) ? formatDouble(score + 0) : formatDouble17(score)),
  digestScore: formatDouble17,
};

const VALKEY_7_2: RdbFormat = {
  version: 11,
  magic: "REDIS0011",
  versionField: "redis-ver",
  activeTimes: true,
  slotInfo: false,
  scoreText: formatDouble,
  digestScore: shortestDouble,
};

const VALKEY_8: RdbFormat = { ...VALKEY_7_2, versionField: "valkey-ver", slotInfo: true };
/** 9.0 went to a number and a name of its own. */
const VALKEY_9: RdbFormat = { ...VALKEY_8, version: 80, magic: "VALKEY080" };

/** The format of an engine version. */
export function rdbFormat({ product, version }: EngineProfile): RdbFormat {
  if (product === "redis") return REDIS_7_0;
  const major = Number(version.split(".")[0]);
  if (major < 8) return VALKEY_7_2;
  return major < 9 ? VALKEY_8 : VALKEY_9;
}
