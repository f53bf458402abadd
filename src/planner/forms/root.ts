// A root of a monotone function of a positive number, looked for on a logarithmic scale: T. R. Chandrupatla, "A new hybrid
// quadratic/bisection algorithm", Advances in Engineering Software 28, 1997. About ten looks over fifteen decades.

/** The place between `low` and `high` at which `of` changes sign, to a relative `tolerance`; an end when it does not. */
export function logRoot(low: number, high: number, tolerance: number, of: (x: number) => number): number {
  let b = Math.log(low);
  let a = Math.log(high);
  let fb = of(low);
  let fa = of(high);
  if (fb === 0 || fa === 0 || fa > 0 === fb > 0) return Math.abs(fb) <= Math.abs(fa) ? low : high;
  let c = a;
  let fc = fa;
  let share = 0.5;
  for (let i = 0; i < 100; i++) {
    const x = a + share * (b - a);
    const fx = of(Math.exp(x));
    if (fx > 0 === fa > 0) {
      c = a;
      fc = fa;
    } else {
      c = b;
      fc = fb;
      b = a;
      fb = fa;
    }
    a = x;
    fa = fx;
    const best = Math.abs(fa) < Math.abs(fb) ? a : b;
    const limit = tolerance / Math.abs(b - a);
    if (limit > 0.5 || fa === 0) return Math.exp(best);
    // Inverse quadratic interpolation where the three points allow it, else halving.
    const xi = (a - b) / (c - b);
    const phi = (fa - fb) / (fc - fb);
    const smooth = phi * phi < xi && (1 - phi) * (1 - phi) < 1 - xi;
    share = smooth
      ? (fa / (fb - fa)) * (fc / (fb - fc)) + ((c - a) / (b - a)) * (fa / (fc - fa)) * (fb / (fc - fb))
      : 0.5;
    share = Math.min(1 - limit, Math.max(limit, share));
  }
  return Math.exp(a);
}
