import type { Reporter, TestModule } from "vitest/node";
import { chromium } from "../browser/chromium.js";

/** Tests in a browser, which are skipped where there is no Chromium. */
const IN_BROWSER = 9;
/** Tests on other versions of Node, which come from the npm registry where CI is set. */
const ON_OTHER_NODES = 8;
/** Tests that need data which may not be passed on (hdp.csv, tvsfp.csv) are skipped in a clone; a run that skips more has failed. */
const MOST_SKIPPED = 18 + (chromium === null ? IN_BROWSER : 0) + (process.env.CI === undefined ? ON_OTHER_NODES : 0);

/** Ends the run's output with one plain line of counts, which CI reads. */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      if (module.children.size === 0 && !module.ok()) counts.failed++;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state !== "pending") counts[state]++;
      }
    }
    const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : "";
    const isShort = counts.skipped > MOST_SKIPPED;
    process.on("exit", () => {
      if (isShort) {
        console.log(
          `${counts.skipped} tests were skipped, more than the ${MOST_SKIPPED} that need data from elsewhere, a browser or other versions of Node`,
        );
        process.exitCode ||= 1;
      }
      console.log(`${counts.passed} passed, ${counts.failed} failed${skipped}`);
    });
  }
}
