// What the client libraries went through.

import type { Result } from "../../result.ts";
import { formatNumber } from "../../units.ts";
import { html, name } from "../markup.ts";
import { type Column, dataTable } from "./data-table.ts";
import type { Section } from "./section.ts";

type Client = Result["clients"][number];

const COUNTS: readonly (readonly [head: string, key: Exclude<keyof Client, "name">])[] = [
  ["timeouts", "timeouts"],
  ["connection errors", "connectionErrors"],
  ["waits for a connection given up", "poolTimeouts"],
  ["retries", "retries"],
  ["redirects", "redirects"],
  ["error replies", "errorReplies"],
];

const COLUMNS: readonly Column<Client>[] = [
  { head: "client", words: true, cell: client => name(client.name) },
  ...COUNTS.map(([head, key]): Column<Client> => ({ head, cell: client => formatNumber(client[key]) })),
];

export const clients: Section = {
  id: "clients",
  title: "Clients",
  render({ result }) {
    if (result.clients.length === 0) return null;
    return html`
      ${dataTable("Clients over the whole run", COLUMNS, result.clients)}
      <p class="note">Over the whole run. A request that is retried counts each of its errors.</p>`;
  },
};
