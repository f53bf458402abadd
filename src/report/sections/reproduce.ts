// How to get the same bytes again.

import type { Result } from "../../result.ts";
import { html } from "../markup.ts";
import type { Section } from "./section.ts";

/** A word that a POSIX shell takes as it is. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/u.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** The command that was given, with the seed written out. */
export function reproduceCommand({ scenario, seed, replications }: Result): string {
  const words = ["cachecast", "run", scenario.file, "--seed", String(seed)];
  if (replications > 1) words.push("--replications", String(replications));
  for (const overlay of scenario.overlays) words.push("-f", overlay);
  for (const override of scenario.overrides) words.push("--set", override);
  return words.map(quote).join(" ");
}

export const reproduce: Section = {
  id: "reproduce",
  title: "Reproduce",
  render({ result }) {
    const { scenario, version, provenance } = result;
    return html`
      <div class="command">
        <pre id="command" tabindex="0" role="group" aria-label="Command">${reproduceCommand(result)}</pre>
        <button type="button" class="needs-js" data-copy="command">Copy</button>
      </div>
      <p>The same scenario, seed and version give the same result file, byte for byte. The scenario
        above has overlays and settings applied.</p>
      <dl class="rows">
        <div><dt>version</dt><dd>cachecast ${version}</dd></div>
        <div><dt>digest of the scenario</dt><dd><code>${scenario.digest}</code></dd></div>
        <div><dt>fingerprints of the events</dt><dd><code>${provenance.digests.join(" ")}</code></dd></div>
      </dl>`;
  },
};
