// Words of a line, in quotes where they need it: inline requests, configuration files, ACL files, manifests, logs.

const SHOWN: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  '"': '\\"',
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\b": "\\b",
  "\x07": "\\a",
};

/** A word in double quotes, so that splitWords reads it back whatever bytes it holds. */
export function quoteWord(word: string): string {
  const shown = word.replace(/[^ !#-[\]-~]/gu, byte => {
    return SHOWN[byte] ?? `\\x${byte.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
  return `"${shown}"`;
}

const HEX = /^[0-9a-fA-F]{2}$/u;
const ESCAPED: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", a: "\u0007" };

/**
 * Words of a line as the server splits it: quotes keep spaces, double quotes know escapes. Null when a quote is not closed
 * or is followed by something.
 */
export function splitWords(line: string): string[] | null {
  const words: string[] = [];
  let i = 0;
  const isSpace = (at: number) => at >= line.length || /[\t-\r \0]/u.test(line[at]);
  while (true) {
    while (i < line.length && isSpace(i)) i++;
    if (i >= line.length) return words;
    let word = "";
    while (i < line.length && !isSpace(i)) {
      const quote = line[i];
      if (quote !== '"' && quote !== "'") {
        word += quote;
        i++;
        continue;
      }
      i++;
      while (true) {
        if (i >= line.length) return null;
        if (line[i] === quote) {
          if (!isSpace(i + 1)) return null;
          i++;
          break;
        }
        if (quote === '"' && line[i] === "\\" && i + 1 < line.length) {
          if (line[i + 1] === "x" && HEX.test(line.slice(i + 2, i + 4))) {
            word += String.fromCharCode(Number.parseInt(line.slice(i + 2, i + 4), 16));
            i += 4;
          } else {
            word += ESCAPED[line[i + 1]] ?? line[i + 1];
            i += 2;
          }
        } else if (quote === "'" && line[i] === "\\" && line[i + 1] === "'") {
          word += "'";
          i += 2;
        } else word += line[i++];
      }
    }
    words.push(word);
  }
}
