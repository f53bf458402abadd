// Simple dynamic strings: header, bytes, a terminating NUL. The header's size depends on the length it must express.

/** Bytes of the header of a string made for `length` bytes. */
export function sdsHeader(length: number): number {
  if (length < 32) return 1;
  // 7.x changes at 255 and 65,535; the size class of what lies between is the same either way.
  if (length <= 252) return 3;
  if (length <= 65_530) return 5;
  return 9;
}

/** What an exactly sized string asks from the allocator. */
export function sdsRequest(length: number): number {
  return sdsHeader(length) + length + 1;
}

/** Strings up to here are embedded in their object header when they come as a command argument. */
export const EMBEDDED_LIMIT = 44;

const ONE_MIB = 1_048_576;

/** Room that a growing string asks for: twice the new length below 1 MiB, 1 MiB more above. */
export function grownCapacity(newLength: number): number {
  return newLength < ONE_MIB ? newLength * 2 : newLength + ONE_MIB;
}
