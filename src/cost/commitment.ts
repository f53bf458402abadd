// When a commitment has paid for itself against something that can be stopped at any time.
//
//   cash      the month in which what has been paid falls below what the other would have cost: fee / (other - invoice)
//   leaving   the month until which one must stay, so that leaving then is not dearer than the other would have been:
//             (fee + what is owed for the whole term) / (other - what is not owed)
// Both within the first term; a commitment that needs longer than its term never pays.

import type { Bill } from "./bill.ts";

export interface BreakEven {
  /** Months; null where it does not happen within the first term. */
  readonly cashMonths: number | null;
  readonly leavingMonths: number | null;
  readonly termMonths: number;
}

export function breakEven(commitment: Bill, otherMonthlyUsd: number): BreakEven {
  const terms = [...commitment.fees, ...commitment.commitments].map(one => one.termMonths);
  const termMonths = Math.max(0, ...terms);
  const owed = commitment.commitments.reduce((sum, one) => sum + one.monthlyUsd, 0);
  const free = commitment.cashMonthlyUsd - owed;
  const within = (months: number) => (months <= termMonths && months >= 0 ? months : null);
  const saved = otherMonthlyUsd - commitment.cashMonthlyUsd;
  return {
    cashMonths: saved > 0 ? within(commitment.upfrontUsd / saved) : null,
    leavingMonths:
      otherMonthlyUsd > free ? within((commitment.upfrontUsd + termMonths * owed) / (otherMonthlyUsd - free)) : null,
    termMonths,
  };
}
