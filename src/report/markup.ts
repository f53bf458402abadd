// HTML by tagged templates that escape. Whatever is put into a template is text and is escaped, unless it is markup made by
// another template; so nothing that a scenario says can become an element, an attribute or a script.

export interface Markup {
  readonly markup: string;
}

type Part = string | number | Markup | null | undefined | false | readonly Part[];

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * Control characters, which no HTML text may hold (tab and line break are fine), and those that turn the direction of
 * everything after them. Right-to-left names need none of them.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/gu;

/** Text that is safe between tags and within quoted attributes. */
export function escapeText(text: string): string {
  return text.replace(/[&<>"']/gu, character => ENTITIES[character]).replace(CONTROL, "\ufffd");
}

function textOf(part: Part): string {
  if (part === null || part === undefined || part === false) return "";
  if (typeof part === "string") return escapeText(part);
  if (typeof part === "number") return String(part);
  return "markup" in part ? part.markup : part.map(textOf).join("");
}

/** Markup from a template; null and false leave nothing. Attributes must be written with double quotes. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  let markup = strings[0];
  for (let i = 0; i < parts.length; i++) markup += textOf(parts[i]) + strings[i + 1];
  return { markup };
}

/** Text that is markup already: our own style sheet and script, never anything of a result. */
export function trusted(markup: string): Markup {
  return { markup };
}

/** Up to so many characters a name is not broken over lines. */
const KEPT = 24;

/** A name from outside: its writing direction ends with it, and a short one stays in one piece. */
export function name(text: string): Markup {
  return text.length <= KEPT ? html`<bdi class="keep">${text}</bdi>` : html`<bdi>${text}</bdi>`;
}

/** Parts with a separator between them; empty ones are left out. */
export function join(parts: readonly Part[], separator: string): Markup {
  const texts = parts.map(textOf).filter(text => text !== "");
  return { markup: texts.join(escapeText(separator)) };
}
