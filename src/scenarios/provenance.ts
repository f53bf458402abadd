// Versions of the models: raised when a change alters what the same scenario gives. Results carry them.

export const MODEL_VERSIONS: Readonly<Record<string, string>> = {
  kernel: "1",
  engine: "1",
  cpu: "1: models/physics 4, k = 0.845 / family speed",
  network: "1",
  memory: "1: allocator formulas; RSS = 1.03 x used + 6 MB",
  "copy-on-write": "1: slots per size class on distinct rewritten keys",
  replication: "1",
  failover: "1",
  client: "1",
  cost: "1: 730 hours per month",
};
