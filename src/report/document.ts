// The shell of every page: one file that asks for nothing from outside.

import { html, type Markup, trusted } from "./markup.ts";
import { STYLE } from "./style.ts";

/** Nothing may be loaded; what is inline may run. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

export interface Part {
  /** Anchor. */
  readonly id: string;
  readonly title: string;
  readonly content: Markup;
}

/** `tail` stands behind the content: data and script of a page that has some. */
export function renderDocument(
  title: string,
  version: string,
  header: Markup,
  parts: readonly Part[],
  tail: Markup | null = null,
): string {
  const { markup } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="cachecast ${version}">
<title>${title} – cachecast report</title>
<link rel="icon" href="data:,">
<style>${trusted(STYLE)}</style>
</head>
<body>
<main>
${header}
<nav aria-label="Sections"><ul>${parts.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>\n`)}</ul></nav>
${parts.map(
  ({ id, title, content }) => html`
<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${content}
</section>
`,
)}
</main>${tail}
</body>
</html>
`;
  return markup;
}
