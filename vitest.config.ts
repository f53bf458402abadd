import { defineConfig } from "vitest/config";
import { reportClientVitePlugin } from "./scripts/report-client.mjs";

export default defineConfig({
  plugins: [reportClientVitePlugin()],
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/temporary.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Two workers: the machines that run this have two cores, and whole scenarios are CPU-bound.
    maxWorkers: 2,
    // Files of a worker share their modules: importing the whole of it afresh for each took longer than most tests.
    isolate: false,
    experimental: { fsModuleCache: true },
    coverage: {
      provider: "v8",
      include: ["src/**/*.ts"],
      exclude: ["src/report/client/**"],
      reporter: ["text-summary"],
    },
  },
});
