// Glob patterns as KEYS, SCAN, PSUBSCRIBE and CONFIG GET use them: * and ? cross every byte, [a-z] and [^a] are
// classes, a backslash takes the next byte literally. No braces, no special slash.

/**
 * Whether the whole text matches the pattern. Runs of * are handled by backtracking to the latest one only. The empty
 * text matches the empty pattern alone, not even a star: so does the server, whose KEYS and SCAN look for a lone star first.
 */
export function globMatch(pattern: string, text: string, ignoreCase = false): boolean {
  if (text === "") return pattern === "";
  if (ignoreCase) return globMatch(pattern.toLowerCase(), text.toLowerCase());
  let p = 0;
  let t = 0;
  let starAt = -1;
  let starText = 0;
  let stars = 0;
  while (t < text.length) {
    const step = p < pattern.length ? matchOne(pattern, p, text[t]) : 0;
    if (step === STAR) {
      // The server recurses for each group of stars, and gives up at this depth.
      if (pattern[p - 1] !== "*" && ++stars > MOST_STARS) return false;
      starAt = p++;
      starText = t;
    } else if (step > 0) {
      p += step;
      t++;
    } else if (starAt !== -1) {
      p = starAt + 1;
      t = ++starText;
    } else {
      return false;
    }
  }
  while (pattern[p] === "*") p++;
  return p === pattern.length;
}

const STAR = -1;
const MOST_STARS = 1_000;

/** Pattern characters consumed when the element at `p` accepts the byte; 0 when it refuses it; STAR for a star. */
function matchOne(pattern: string, p: number, byte: string): number {
  const c = pattern[p];
  if (c === "*") return STAR;
  if (c === "?") return 1;
  if (c === "[") return matchClass(pattern, p, byte);
  if (c === "\\" && p + 1 < pattern.length) return pattern[p + 1] === byte ? 2 : 0;
  return c === byte ? 1 : 0;
}

/** A byte as the server's ranges compare it: those from 128 on are negative. */
function signed(byte: string): number {
  return (byte.charCodeAt(0) << 24) >> 24;
}

function matchClass(pattern: string, start: number, byte: string): number {
  let p = start + 1;
  const negated = pattern[p] === "^";
  if (negated) p++;
  let found = false;
  for (;;) {
    if (p >= pattern.length) break; // an unclosed class ends with the pattern
    if (pattern[p] === "\\" && p + 1 < pattern.length) {
      p++;
      if (pattern[p] === byte) found = true;
    } else if (pattern[p] === "]") {
      p++;
      break;
    } else if (pattern[p + 1] === "-" && p + 2 < pattern.length) {
      const [start, end] = [signed(pattern[p]), signed(pattern[p + 2])];
      const at = signed(byte);
      if (at >= Math.min(start, end) && at <= Math.max(start, end)) found = true;
      p += 2;
    } else if (pattern[p] === byte) {
      found = true;
    }
    p++;
  }
  return found !== negated ? p - start : 0;
}
