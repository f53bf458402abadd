// A bill: lines that add up to the month, and fees that are due at the start of a term. The month is told twice, since
// both questions are asked: what it costs with the fees spread over their terms, and what that month's invoice shows.
// Amounts are not rounded; a line is exactly quantity times unit price and the month exactly the sum of its lines.

/** One line of the month, fees spread. */
export interface CostLine {
  readonly what: string;
  readonly quantity: number;
  /** What the quantity counts: node-hour, GB-month, GB. */
  readonly unit: string;
  readonly unitPriceUsd: number;
  readonly monthlyUsd: number;
}

/** Paid at the start and again each time the term is over. */
export interface UpfrontFee {
  readonly what: string;
  readonly usd: number;
  readonly termMonths: number;
}

/** A part of the invoice that goes on until a term ends, whether what it pays for is used or not. */
export interface Commitment {
  readonly what: string;
  readonly monthlyUsd: number;
  readonly termMonths: number;
}

/** What one thing costs: the lines that the month's invoice shows, and fees with the line they become when spread. */
export interface Charges {
  readonly invoiced: readonly CostLine[];
  readonly fees: readonly { readonly fee: UpfrontFee; readonly spread: CostLine }[];
  readonly committed?: readonly Commitment[];
}

export interface Bill {
  readonly lines: readonly CostLine[];
  readonly fees: readonly UpfrontFee[];
  readonly commitments: readonly Commitment[];
  /** Due before the first hour. */
  readonly upfrontUsd: number;
  /** The month with fees spread over their terms: the sum of the lines. */
  readonly monthlyUsd: number;
  /** The month's invoice, without fees. */
  readonly cashMonthlyUsd: number;
  /** Cash paid in that many months from the start; terms that run out are bought again at the same price. */
  readonly first12MonthsUsd: number;
  readonly first36MonthsUsd: number;
}

export function costLine(what: string, quantity: number, unit: string, unitPriceUsd: number): CostLine {
  return { what, quantity, unit, unitPriceUsd, monthlyUsd: quantity * unitPriceUsd };
}

export function bill(charges: readonly Charges[]): Bill {
  const invoiced = charges.flatMap(one => one.invoiced);
  const spread = charges.flatMap(one => one.fees.map(({ spread }) => spread));
  const fees = charges.flatMap(one => one.fees.map(({ fee }) => fee));
  const lines = [...invoiced, ...spread];
  const cashMonthlyUsd = sum(invoiced.map(line => line.monthlyUsd));
  const cash = (months: number) => feesUntil(fees, months) + months * cashMonthlyUsd;
  return {
    lines,
    fees,
    commitments: charges.flatMap(one => one.committed ?? []),
    upfrontUsd: sum(fees.map(fee => fee.usd)),
    monthlyUsd: sum(lines.map(line => line.monthlyUsd)),
    cashMonthlyUsd,
    first12MonthsUsd: cash(12),
    first36MonthsUsd: cash(36),
  };
}

function feesUntil(fees: readonly UpfrontFee[], months: number): number {
  return sum(fees.map(fee => fee.usd * Math.ceil(months / fee.termMonths)));
}

/** What has been paid when one stops after so many months, and what is still owed: terms can neither be cancelled nor sold. */
export interface Leaving {
  readonly paidUsd: number;
  readonly owedUsd: number;
}

export function leaving({ fees, commitments, cashMonthlyUsd }: Bill, months: number): Leaving {
  const monthsLeft = (term: number) => Math.ceil(months / term) * term - months;
  return {
    paidUsd: feesUntil(fees, months) + months * cashMonthlyUsd,
    owedUsd: sum(commitments.map(one => one.monthlyUsd * monthsLeft(one.termMonths))),
  };
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}
