// A choice by key that every part of a run makes alike.

/** A key's number as a number in [0, 1) that has nothing to do with its popularity (Murmur's finaliser). */
export function scattered(key: number): number {
  let z = (key ^ 0x5bd1e995) | 0;
  z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
  return ((z ^ (z >>> 16)) >>> 0) / 4_294_967_296;
}
