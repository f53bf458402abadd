// Backups kept in S3. Only what lies above the free allowance is billed; making, copying and restoring cost nothing.
// The allowance is a parameter because the sources disagree about it (see the price book).

import { assert } from "../assert.ts";
import { type PriceBook, type UnknownPrice, unknownPrice } from "../catalog/prices.ts";
import { type Charges, costLine } from "./bill.ts";
import { BYTES_PER_BILLED_GB } from "./transfer.ts";

export interface BackupUsage {
  /** One backup of the whole cluster. */
  readonly bytesPerBackup: number;
  /** Backups that exist at any time: with one a day, the days of retention. */
  readonly kept: number;
  /** Of these, how many cost nothing. */
  readonly free: number;
}

export function backupCharges(usage: BackupUsage, book: PriceBook): Charges | UnknownPrice {
  assert(usage.bytesPerBackup >= 0, `a backup of ${usage.bytesPerBackup} bytes is below zero`);
  const billed = Math.max(0, usage.kept - usage.free);
  const gigabytes = (billed * usage.bytesPerBackup) / BYTES_PER_BILLED_GB;
  if (gigabytes === 0) return { invoiced: [], fees: [] };
  if (book.backup === null) return unknownPrice(book, "backup price", "it does not price backup storage");
  const what = `backups, ${billed} of ${usage.kept} kept`;
  return { invoiced: [costLine(what, gigabytes, "GB-month", book.backup.perGBMonthUsd)], fees: [] };
}
