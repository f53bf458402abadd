// Parameters that take several arguments: the words of one text, checked and put into canonical form.

import { parseDouble, parseInteger } from "../numbers.ts";
import { memoryBytes, ParameterError } from "./kinds.ts";

/** A single empty word means no arguments. */
function without(words: readonly string[]): readonly string[] {
  return words.length === 1 && words[0] === "" ? [] : words;
}

/** save: pairs of seconds and changes. */
export function savePoints(given: readonly string[]): string {
  const words = without(given);
  const numbers = words.map(parseInteger);
  const wrong = numbers.some((value, i) => value === null || value < (i % 2 === 0 ? 1 : 0));
  if (words.length % 2 !== 0 || wrong) throw new ParameterError("Invalid save parameters");
  return numbers.join(" ");
}

const CLIENT_CLASSES: Readonly<Record<string, string>> = {
  normal: "normal",
  slave: "slave",
  replica: "slave",
  pubsub: "pubsub",
};

/** client-output-buffer-limit: for each class of clients a hard limit, a soft limit and the seconds it may be exceeded. */
export function outputLimits(words: readonly string[], before: string): string {
  if (words.length % 4 !== 0) throw new ParameterError("Wrong number of arguments in buffer limit configuration.");
  const limits = new Map<string, string>();
  const old = before.split(" ");
  for (let i = 0; i + 3 < old.length; i += 4) limits.set(old[i], old.slice(i + 1, i + 4).join(" "));
  for (let i = 0; i < words.length; i += 4) {
    const name = CLIENT_CLASSES[words[i].toLowerCase()];
    if (name === undefined) {
      throw new ParameterError("Invalid client class specified in buffer limit configuration.");
    }
    const [hard, soft] = [memoryBytes(words[i + 1]), memoryBytes(words[i + 2])];
    const seconds = parseInteger(words[i + 3]);
    if (hard === null || soft === null || seconds === null || seconds < 0) {
      throw new ParameterError("Error in hard, soft or soft_seconds setting in buffer limit configuration.");
    }
    limits.set(name, `${hard} ${soft} ${seconds}`);
  }
  return [...limits].map(([name, limit]) => `${name} ${limit}`).join(" ");
}

/** oom-score-adj-values: for a primary, a replica and a child process. */
export function oomScores(words: readonly string[]): string {
  if (words.length !== 3) throw new ParameterError("wrong number of arguments");
  const values = words.map(parseInteger);
  if (values.some(value => value === null || value < -2_000 || value > 2_000)) {
    throw new ParameterError("Invalid oom-score-adj-values, elements must be between -2000 and 2000.");
  }
  return values.join(" ");
}

/** latency-tracking-info-percentiles. */
export function percentiles(given: readonly string[]): string {
  const shown = without(given).map(word => {
    const value = parseDouble(word);
    if (value === null) throw new ParameterError("Invalid latency-tracking-info-percentiles parameters");
    if (value > 100 || value < 0) {
      throw new ParameterError("latency-tracking-info-percentiles parameters should sit between [0.0,100.0]");
    }
    return value.toFixed(6).replace(/\.?0+$/u, "");
  });
  return shown.join(" ");
}

/** bind: addresses; a minus sign before one that need not exist. */
export function addresses(given: readonly string[]): string {
  const words = without(given);
  if (words.length > 16) throw new ParameterError("Too many bind addresses specified.");
  return words.join(" ");
}

/** replicaof: host and port, or no one. */
export function primaryAddress(given: readonly string[]): string {
  const words = without(given);
  if (words.length === 0) return "";
  if (words.length !== 2) throw new ParameterError("wrong number of arguments");
  const [host, port] = words;
  if (host.toLowerCase() === "no" && port.toLowerCase() === "one") return "";
  const number = /^\d+$/u.test(port) ? Number(port) : -1;
  if (number < 0 || number > 65_535) throw new ParameterError("Invalid primary port");
  return `${host} ${number}`;
}
