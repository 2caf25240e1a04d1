import { resolve } from "node:path";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { alias: { "#platform": resolve(import.meta.dirname, "src/platform/node/platform.ts") } },
  test: {
    include: ["test/**/*.test.ts"],
    reporters: ["default", "./test/house/countReporter.ts"],
    maxWorkers: "100%",
    testTimeout: 60_000,
    allowOnly: false,
  },
});
