// Words in quotes, as configuration files and ACL files have them; splitWords (resp/request-parser.ts) reads them back.

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
