// What the client libraries went through.

import type { Result } from "../../result.ts";
import { formatNumber } from "../../units.ts";
import { html, name } from "../markup.ts";
import { type Column, dataTable } from "./data-table.ts";
import type { Section } from "./section.ts";

type Client = Result["clients"][number];

const COUNTS: readonly (readonly [
  head: string,
  key: Exclude<keyof Client, "name" | "library" | "givesUpAfterSeconds" | "firstRefusedSeconds" | "dnsTtlSeconds">,
])[] = [
  ["commands", "commands"],
  ["tries", "tries"],
  ["timeouts", "timeouts"],
  ["connection errors", "connectionErrors"],
  ["waits for a connection given up", "poolTimeouts"],
  ["retries", "retries"],
  ["redirects", "redirects"],
  ["error replies", "errorReplies"],
  ["reads sent twice", "hedges"],
  ["answered by the second copy", "hedgesWon"],
  ["second copies without budget", "hedgesDenied"],
  ["connections opened", "connects"],
  ["in vain", "connectFailures"],
  ["closed by the server for being idle", "idleClosed"],
  ["dead ones lent", "deadBorrowed"],
  ["turned away by the breaker", "rejected"],
  ["retries without budget", "retriesDenied"],
  ["given up by the kernel", "givenUp"],
  ["longest silence (s)", "silentSeconds"],
  ["logins refused", "refusedLogins"],
  ["closed by IAM", "expiredConnections"],
  ["by an outdated name", "outdatedNames"],
];

const COLUMNS: readonly Column<Client>[] = [
  { head: "client", words: true, cell: client => name(client.name) },
  { head: "library", words: true, cell: client => client.library },
];

/** Columns in which nobody has anything are left out. */
function columns(clients: readonly Client[]): readonly Column<Client>[] {
  const counts = COUNTS.filter(([, key]) => clients.some(client => client[key] > 0));
  return [
    ...COLUMNS,
    ...counts.map(([head, key]): Column<Client> => ({ head, cell: client => formatNumber(client[key]) })),
  ];
}

export const clients: Section = {
  id: "clients",
  title: "Clients",
  render({ result }) {
    if (result.clients.length === 0) return null;
    return html`
      ${dataTable("Clients over the whole run", columns(result.clients), result.clients)}
      <p class="note">Over the whole run. A request that is retried counts each of its errors.</p>`;
  },
};
