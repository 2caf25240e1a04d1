import { afterAll, beforeAll, expect, it } from "vitest";
import { type BundleSizes, bundleSizes } from "./bundleSizes.js";
import { createProject, type Project } from "./project.js";

/** Most kilobytes after gzip of a program with `fit`, at its start and with an engine: some 5% above what docs/platforms.md tells. */
const limits = { initial: 137, nuts: 187, laplace: 192, ml: 195, inla: 211 };

let project: Project;
let sizes: BundleSizes;
beforeAll(async () => {
  project = createProject();
  sizes = await bundleSizes(project.write("program.js", 'export { fit } from "marginalia";\n'), project.folder);
}, 120_000);
afterAll(() => project?.remove(), 120_000);

it("a program with `fit` starts without the engines", () => {
  expect(sizes.initial).toBeLessThan(1000 * limits.initial);
});

it.each(["nuts", "laplace", "ml", "inla"] as const)("and loads %s when it is asked for, and no other", (engine) => {
  expect(sizes.byEngine[engine]).toBeGreaterThan(sizes.initial + 10_000);
  expect(sizes.byEngine[engine]).toBeLessThan(1000 * limits[engine]);
});
