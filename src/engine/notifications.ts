// Keyspace notifications: which classes of events are published (notify-keyspace-events), and how.

/** Letters of the classes that A stands for. */
const ALL_CLASSES = "g$lshzxetd";
const CLASSES = "g$lshzxetdmn";

/** The setting in its canonical order, or null when a letter is unknown. */
export function canonicalEvents(text: string): string | null {
  const letters = new Set<string>();
  for (const letter of text) {
    if (letter === "A") for (const one of ALL_CLASSES) letters.add(one);
    else if (CLASSES.includes(letter) || letter === "K" || letter === "E") letters.add(letter);
    else return null;
  }
  const all = [...ALL_CLASSES].every(letter => letters.has(letter));
  let out = all ? "A" : [...ALL_CLASSES].filter(letter => letters.has(letter)).join("");
  for (const letter of "KEmn") if (letters.has(letter)) out += letter;
  return out;
}

export interface EventFilter {
  readonly keyspace: boolean;
  readonly keyevent: boolean;
  readonly classes: string;
}

/** What the setting lets through; null when nothing. */
export function eventFilter(canonical: string): EventFilter | null {
  const keyspace = canonical.includes("K");
  const keyevent = canonical.includes("E");
  if (!keyspace && !keyevent) return null;
  const classes = canonical.replace("A", ALL_CLASSES);
  return { keyspace, keyevent, classes };
}
