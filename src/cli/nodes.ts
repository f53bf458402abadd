// cachecast nodes: the node types of the catalogue with what they hold and cost.

import type { Argv, CommandModule } from "yargs";
import { CliError, EXIT } from "./exit.ts";

interface NodesArguments {
  family: string | undefined;
  engine: "valkey" | "redis";
  prices: string;
  json: boolean;
}

export const nodesVerb: CommandModule<object, NodesArguments> = {
  command: "nodes",
  describe: "List node types: memory, network, threads, price",
  builder: yargs =>
    yargs
      .option("family", { type: "string", requiresArg: true, describe: "Only one family, such as r7g" })
      .option("engine", { choices: ["valkey", "redis"] as const, default: "valkey", describe: "Whose price" })
      .option("prices", { type: "string", default: "aws-us-east-1", requiresArg: true, describe: "Price book" })
      .option("json", { type: "boolean", default: false, describe: "As JSON" }) as Argv<NodesArguments>,
  handler: nodes,
};

async function nodes(args: NodesArguments): Promise<void> {
  const { nodeTypes, maxmemoryAfterReserve } = await import("../catalog/nodes.ts");
  const { onDemandHourly, isUnknownPrice, priceBook, priceBookNames } = await import("../catalog/prices.ts");
  const { didYouMean } = await import("../scenarios/suggest.ts");
  const { ioThreadCount } = await import("../models/hardware/io-threads.ts");
  const { GIB, HOURS_PER_MONTH } = await import("../units.ts");
  const { table } = await import("../report/table.ts");
  if (!priceBookNames().includes(args.prices)) {
    const known = priceBookNames();
    throw new CliError(
      `no price book «${args.prices}»; there are ${known.join(", ")}${didYouMean(args.prices, known)}`,
      EXIT.usage,
    );
  }
  const families = [...new Set(nodeTypes().map(node => node.family))];
  if (args.family !== undefined && !families.includes(args.family)) {
    throw new CliError(
      `no family «${args.family}»; there are ${families.join(", ")}${didYouMean(args.family, families)}`,
      EXIT.usage,
    );
  }
  const book = priceBook(args.prices);
  // The newest whose figures we have measured.
  const version = args.engine === "valkey" ? "8.0" : "7.1";
  const rows = nodeTypes()
    .filter(node => args.family === undefined || node.family === args.family)
    .map(node => {
      const hourly = onDemandHourly(book, node.type, args.engine);
      return {
        type: node.type,
        vcpu: node.vcpu,
        memoryGiB: node.memoryGiB,
        usableGiB: Number((maxmemoryAfterReserve(node, 25) / GIB).toFixed(2)),
        baselineGbps: node.network.baselineGbps,
        burstGbps: node.network.burstGbps,
        ioThreads: ioThreadCount(node, { product: args.engine, version }),
        hourlyUsd: isUnknownPrice(hourly) ? null : hourly,
        monthlyUsd: isUnknownPrice(hourly) ? null : Number((hourly * HOURS_PER_MONTH).toFixed(2)),
      };
    });
  if (args.json) {
    process.stdout.write(
      `${JSON.stringify({ prices: book.name, asOf: book.asOf, engine: args.engine, nodes: rows }, null, 2)}\n`,
    );
    return;
  }
  const text = (value: number | null, digits?: number) =>
    value === null ? "-" : digits === undefined ? String(value) : value.toFixed(digits);
  process.stdout.write(
    table(
      ["type", "vCPU", "GiB", "usable GiB", "Gbit/s", "burst", "I/O threads*", "$/hour", "$/month"],
      rows.map(row => [
        row.type,
        text(row.vcpu),
        text(row.memoryGiB),
        text(row.usableGiB, 2),
        text(row.baselineGbps),
        text(row.burstGbps),
        text(row.ioThreads),
        text(row.hourlyUsd, 4),
        text(row.monthlyUsd, 2),
      ]),
    ),
  );
  process.stdout.write(
    `${args.engine}, on demand, ${book.name} as of ${book.asOf}; usable at the default reserve of 25 %\n`,
  );
  process.stdout.write("* assumed: AWS does not publish how many I/O threads a node has\n");
}
