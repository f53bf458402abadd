// Numbers that look drawn and are the same everywhere.

/** Reproducible noise in 0..1 without floating-point functions. */
export function noise(a: number, b: number): number {
  let x = (a * 7_919 + b * 104_729 + 12_345) & 0x7fff_ffff;
  for (let i = 0; i < 3; i++) x = (x * 1_103_515_245 + 12_345) & 0x7fff_ffff;
  return (x >>> 8) / 0x7f_ffff;
}
