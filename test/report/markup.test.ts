// Escaping: whatever text is put into a template comes out of a reader of HTML as that text, and never as anything else.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { escapeText, html, join, name, trusted } from "../../src/report/markup.ts";
import { HOSTILE } from "./sample.ts";

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };

/** What a reader of HTML takes a piece of text or a quoted attribute for. */
function readBack(markup: string): string {
  return markup.replace(/&(amp|lt|gt|quot|#39);/gu, (_, entity: string) => ENTITIES[entity]);
}

/** What is left of a text when what HTML may not hold is replaced. */
function shown(text: string): string {
  return [...text]
    .map(character => {
      const code = character.codePointAt(0)!;
      const control = (code < 0x20 && code !== 9 && code !== 10) || (code >= 0x7f && code <= 0x9f);
      const turning = (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
      return control || turning ? "\ufffd" : character;
    })
    .join("");
}

const texts = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom(...HOSTILE), fc.string());

describe("for every text", () => {
  test("escaping it loses nothing and leaves no character that has a meaning in HTML", () => {
    fc.assert(
      fc.property(texts, text => {
        const escaped = escapeText(text);
        expect(escaped).not.toMatch(/[<>"']/u);
        expect(escaped.replace(/&(amp|lt|gt|quot|#39);/gu, "")).not.toContain("&");
        expect(readBack(escaped)).toBe(shown(text));
      }),
    );
  });

  test("html puts it between tags and into attributes without making others", () => {
    fc.assert(
      fc.property(texts, texts, (title, text) => {
        const { markup } = html`<p title="${title}">${text}</p>`;
        const match = /^<p title="([^"<>]*)">([^<>]*)<\/p>$/u.exec(markup);
        expect(match?.slice(1).map(readBack)).toEqual([shown(title), shown(text)]);
      }),
    );
  });
});

describe("html", () => {
  test("takes markup of other templates as it is, and lists of it", () => {
    const items = ["<a>", "b"].map(text => html`<li>${text}</li>`);
    expect(html`<ul>${items}</ul>`.markup).toBe("<ul><li>&lt;a&gt;</li><li>b</li></ul>");
  });

  test("leaves nothing where there is nothing", () => {
    expect(html`<p>${null}${undefined}${false}${[]}${""}</p>`.markup).toBe("<p></p>");
  });

  test("writes numbers, zero included", () => {
    expect(html`<p>${0} ${1.5}</p>`.markup).toBe("<p>0 1.5</p>");
  });

  test("does not take text for markup because it looks like it", () => {
    const pretender = JSON.parse('{"text":"<b>"}') as { text: string };
    expect(html`${pretender.text}`.markup).toBe("&lt;b&gt;");
  });
});

describe("join", () => {
  test("puts the separator between what there is", () => {
    expect(join(["a", "", null, html`<b>b</b>`, false, "c"], " & ").markup).toBe("a &amp; <b>b</b> &amp; c");
  });
});

describe("name", () => {
  test("isolates its direction; only a short one stays in one piece", () => {
    expect(name("a<b").markup).toBe('<bdi class="keep">a&lt;b</bdi>');
    expect(name("x".repeat(25)).markup).toBe(`<bdi>${"x".repeat(25)}</bdi>`);
  });
});

describe("trusted", () => {
  test("is left alone", () => {
    expect(html`<style>${trusted("a > b {}")}</style>`.markup).toBe("<style>a > b {}</style>");
  });
});
