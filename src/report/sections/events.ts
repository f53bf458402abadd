// What happened, each with the event that led to it.

import type { Result } from "../../result.ts";
import { formatNumber } from "../../units.ts";
import { html, name } from "../markup.ts";
import { type Column, dataTable } from "./data-table.ts";
import type { Section } from "./section.ts";
import { downloadButton } from "./twin.ts";

type Event = Result["events"][number];

/** A storm of events would make the page large; the file has them all. */
const ROWS_MAX = 400;

function columns(shown: ReadonlySet<number>): Column<Event>[] {
  return [
    { head: "#", cell: event => String(event.id) },
    { head: "time", unit: "s", cell: event => formatNumber(event.timeSeconds, 6) },
    { head: "node", words: true, cell: event => name(event.node) },
    { head: "event", words: true, cell: event => html`<bdi>${event.what}</bdi>` },
    {
      head: "caused by",
      words: true,
      cell: ({ cause }) =>
        cause === null ? "" : shown.has(cause) ? html`<a href="#event-${cause}">#${cause}</a>` : `#${cause}`,
    },
  ];
}

export const events: Section = {
  id: "events",
  title: "Events",
  render({ result }) {
    if (result.events.length === 0) return html`<p class="muted">Nothing happened but requests.</p>`;
    const rows = result.events.slice(0, ROWS_MAX);
    const shown = new Set(rows.map(event => event.id));
    const left = result.events.length - rows.length;
    return html`
      <div class="filter needs-js">
        <label>Filter <input type="search" id="event-filter" autocomplete="off"></label>
        <output id="event-count" aria-live="polite">${rows.length} events</output>
        ${downloadButton("events", "all events")}
      </div>
      ${dataTable("Events", columns(shown), rows, event => html` id="event-${event.id}" data-t="${event.timeSeconds}"`)}
      ${left > 0 && html`<p class="note">The first ${ROWS_MAX} of ${result.events.length} events. The CSV and the result file have all.</p>`}
      ${result.eventsDropped > 0 && html`<p class="note">${formatNumber(result.eventsDropped)} later events were only counted.</p>`}`;
  },
};
