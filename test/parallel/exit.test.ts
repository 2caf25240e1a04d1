import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import "../cli/dist.js";

const program = `
import { fit } from "marginalia";
const data = { y: [1, 4, 0, 5, 1, 2], x: [0.5, 1.5, -2, 0, 1, 0.7], g: [1, 1, 2, 2, 3, 3] };
const text = "y ~ poisson(mu)\\nlog(mu) = 1 + x + (1 | g)";
const run = (options) => fit(text, data, { draws: 100, ...options });
const fits = await Promise.all(Array.from({ length: 4 }, () => run({ workers: 2 })));
const here = await run({});
const codes = [...fits, here].flatMap(({ problems }) => problems.map(({ code }) => code));
console.log(JSON.stringify({ codes, same: fits.every((one) => one.draws("beta[x]").join() === here.draws("beta[x]").join()) }));
`;

it("a program ends by itself after fits in threads, which have the draws of this thread", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", program], {
    cwd: resolve(import.meta.dirname, "../.."),
    timeout: 30_000,
  });
  expect(JSON.parse(stdout)).toEqual({ codes: [], same: true });
});
