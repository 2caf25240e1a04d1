import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import "../cli/dist.js";

const root = resolve(import.meta.dirname, "../..");

/** Largest growth of the memory in use over 20 fits, in MiB: the draws of two of them are 0.7. */
const LARGEST_GROWTH = 0.5;

it("forty fits in one process leave nothing behind in memory", { timeout: 120_000 }, () => {
  const program = resolve(root, "dist-validation/loopTimes.js");
  const argv = ["--expose-gc", program, "--inside", root, "--fits", "40"];
  const { stdout, stderr } = spawnSync(process.execPath, argv, { encoding: "utf8" });
  expect(stderr).toBe("");
  const { used, rss } = JSON.parse(stdout);
  expect(used).toBeLessThan(LARGEST_GROWTH);
  expect(rss).toBeLessThan(100);
});
