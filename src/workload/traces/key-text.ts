/**
 * An anonymised key, padded to the size that the real one had, so that it takes as much memory. One that is longer stays
 * as it is: cut, it might be taken for another.
 */
export function padKey(key: string, size: number): string {
  return size > key.length && size <= MAX_KEY_BYTES ? key.padEnd(size, ".") : key;
}

/** Longer than any key that memcached or a sane application has. */
const MAX_KEY_BYTES = 65_536;
