// What a section of INFO is made of.

export type Fields = readonly (readonly [name: string, value: string | number])[];

/** Bytes in the largest fitting unit. */
export function human(bytes: number): string {
  if (bytes < 1_024) return `${bytes}B`;
  for (const [unit, size] of [
    ["K", 1_024],
    ["M", 1_048_576],
    ["G", 1_073_741_824],
  ] as const) {
    if (bytes < size * 1_024) return `${(bytes / size).toFixed(2)}${unit}`;
  }
  return `${(bytes / 1_099_511_627_776).toFixed(2)}T`;
}

/** A size, and the same for people to read. */
export function sized(name: string, bytes: number): Fields {
  return [
    [name, bytes],
    [`${name}_human`, human(bytes)],
  ];
}

export function bit(condition: boolean): 0 | 1 {
  return condition ? 1 : 0;
}
