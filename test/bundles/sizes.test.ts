import { afterAll, beforeAll, expect, it } from "vitest";
import { type BundleSizes, bundleSizes } from "./bundleSizes.js";
import { createProject, type Project } from "./project.js";

/** Most kilobytes after gzip of a program with `fit`, at its start and at the end of a fit: some 3% above what docs/platforms.md tells. */
const limits = { start: 151, nuts: 208, laplace: 211, ml: 212, inla: 230 };
const engines = ["nuts", "laplace", "ml", "inla"] as const;

let project: Project;
let sizes: BundleSizes;
beforeAll(async () => {
  project = createProject();
  const program = project.write("program.js", 'export { fit } from "marginalia";\n');
  sizes = await bundleSizes(program, project.folder, engines);
}, 120_000);
afterAll(() => project?.remove(), 120_000);

it("a program with `fit` starts without the engines", () => {
  expect(sizes.start).toBeLessThan(1000 * limits.start);
});

it.each(engines)("and loads what a fit by %s needs, and no other engine", (engine) => {
  expect(sizes.byEngine[engine]).toBeGreaterThan(sizes.start + 10_000);
  expect(sizes.byEngine[engine]).toBeLessThan(1000 * limits[engine]);
});
