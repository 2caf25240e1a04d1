import { afterAll, beforeAll, expect, it } from "vitest";
import { type BundleSizes, bundleSizes } from "./bundleSizes.js";
import { createProject, type Project } from "./project.js";

/** Most kilobytes after gzip of a program with `fit`: at its start, and with an engine. They may only go down; docs/platforms.md says what they are made of. */
const limits = { initial: 129, nuts: 177, laplace: 182, ml: 185, inla: 200 };

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
