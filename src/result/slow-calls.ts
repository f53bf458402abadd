// How slow calls stand in a result: as events of their nodes, of which each node tells the first.

/** A slow call's event: the first words of the command, and its milliseconds. */
const SLOW = /^slow: (.*) took ([\d.]+) ms$/u;
/** As many as a node tells. */
export const SLOW_CALLS_TOLD = 50;

export interface SlowCall {
  readonly command: string;
  readonly ms: number;
}

/** The slow call that an event tells of; null when it tells of something else. */
export function slowCallOf(what: string): SlowCall | null {
  const match = SLOW.exec(what);
  return match === null ? null : { command: match[1], ms: Number(match[2]) };
}
