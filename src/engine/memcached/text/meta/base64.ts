// Keys in base64, as the server decodes them: characters that are none are passed over, the rest must be whole groups of four.

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** null: not base64. */
export function decodeKey(text: string): string | null {
  const marks = [...text].filter(mark => mark === "=" || ALPHABET.includes(mark));
  if (marks.length === 0 || marks.length % 4 !== 0 || (marks.length / 4) * 3 > text.length) return null;
  let key = "";
  for (let i = 0; i < marks.length; i += 4) {
    const group = marks.slice(i, i + 4);
    const [a, b, c, d] = group.map(mark => Math.max(0, ALPHABET.indexOf(mark)));
    const bytes = [(a << 2) | (b >> 4), ((b << 4) | (c >> 2)) & 255, ((c << 6) | d) & 255];
    const padding = group.filter(mark => mark === "=").length;
    if (padding > 2) return null;
    key += String.fromCharCode(...bytes.slice(0, 3 - padding));
    if (padding > 0) break;
  }
  return key === "" ? null : key;
}

export function encodeKey(key: string): string {
  return Buffer.from(key, "latin1").toString("base64");
}

/** A key as answers show it. */
export function keyToken(key: string, binary: boolean): string {
  return binary ? ` k${encodeKey(key)} b` : ` k${key}`;
}
