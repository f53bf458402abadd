// Builds offer files in the form of the AWS Price List (format v1.0): only what tests vary.

interface Row {
  readonly usagetype: string;
  readonly engine?: string;
  readonly family?: string;
  readonly unit: string;
  readonly usd: string;
  readonly region?: string;
  readonly locationType?: string;
  readonly reserved?: readonly Reserved[];
}

export interface Reserved {
  readonly length: string;
  readonly option: string;
  readonly hourly: string;
  readonly upfront?: string;
  readonly offeringClass?: string;
}

/** An on-demand node, with its reserved terms. */
export function node(type: string, engine: string, usd: string, reserved: readonly Reserved[] = []): Row {
  return { usagetype: `NodeUsage:${type}`, engine, family: "Cache Instance", unit: "Hrs", usd, reserved };
}

export function serverless(engine: string, storage: string, ecpu: string): Row[] {
  const family = "ElastiCache Serverless";
  return [
    { usagetype: `CachedData:${engine}`, engine, family, unit: "GB-Hours", usd: storage },
    {
      usagetype: `ElastiCacheProcessingUnits:${engine}`,
      engine,
      family,
      unit: "ElastiCacheProcessingUnit",
      usd: ecpu,
    },
  ];
}

export function offer(rows: readonly Row[], head: Readonly<Record<string, unknown>> = {}) {
  const products: Record<string, unknown> = {};
  const onDemand: Record<string, unknown> = {};
  const reserved: Record<string, unknown> = {};
  rows.forEach((row, i) => {
    const sku = `SKU${i}`;
    products[sku] = {
      sku,
      productFamily: row.family,
      attributes: {
        servicecode: "AmazonElastiCache",
        locationType: row.locationType ?? "AWS Region",
        regionCode: row.region ?? "us-east-1",
        ...(row.engine === undefined ? {} : { cacheEngine: row.engine }),
        usagetype: row.usagetype,
      },
    };
    onDemand[sku] = {
      [`${sku}.JRTCKXETXF`]: {
        offerTermCode: "JRTCKXETXF",
        sku,
        priceDimensions: { [`${sku}.JRTCKXETXF.6YS6EN2CT7`]: { unit: row.unit, pricePerUnit: { USD: row.usd } } },
        termAttributes: {},
      },
    };
    if (row.reserved === undefined) return;
    reserved[sku] = Object.fromEntries(
      row.reserved.map((term, j) => [
        `${sku}.TERM${j}`,
        {
          offerTermCode: `TERM${j}`,
          sku,
          priceDimensions: {
            hours: { unit: "Hrs", pricePerUnit: { USD: term.hourly } },
            ...(term.upfront === undefined ? {} : { fee: { unit: "Quantity", pricePerUnit: { USD: term.upfront } } }),
          },
          termAttributes: {
            LeaseContractLength: term.length,
            PurchaseOption: term.option,
            OfferingClass: term.offeringClass ?? "standard",
          },
        },
      ]),
    );
  });
  return {
    formatVersion: "v1.0",
    offerCode: "AmazonElastiCache",
    version: "20250624130639",
    publicationDate: "2025-06-24T13:06:39Z",
    products,
    terms: { OnDemand: onDemand, Reserved: reserved },
    ...head,
  };
}

/** cache.c7gn.large Valkey in us-east-1, as listed on 2025-06-24. */
export const C7GN_TERMS: readonly Reserved[] = [
  { length: "1yr", option: "No Upfront", hourly: "0.1384000000" },
  { length: "1yr", option: "Partial Upfront", hourly: "0.0664000000", upfront: "580.788" },
  { length: "1yr", option: "All Upfront", hourly: "0.0000000000", upfront: "1143.7056" },
  { length: "3yr", option: "No Upfront", hourly: "0.1064000000" },
  { length: "3yr", option: "Partial Upfront", hourly: "0.0488000000", upfront: "1286.6688" },
  { length: "3yr", option: "All Upfront", hourly: "0.0000000000", upfront: "2412.504" },
];
