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
const controller = new AbortController();
const stopped = { draws: 1e6, workers: 2, signal: controller.signal, onProgress: () => controller.abort() };
const asked = [stopped, { engine: "laplace" }, { engine: "inla" }];
const many = Array.from({ length: 16 }, (_, k) => (k % 4 === 3 ? fit(text, data, { engine: "ml" }) : run(asked[k % 4])));
const ended = (await Promise.allSettled(many)).map(({ status, value, reason }, k) =>
  k % 4 === 0 ? (status === "fulfilled" ? value.posterior.record.partial : reason === controller.signal.reason) : status === "fulfilled");
const codes = [...fits, here].flatMap(({ problems }) => problems.map(({ code }) => code));
console.log(JSON.stringify({ codes, ended, same: fits.every((one) => one.draws("beta[x]").join() === here.draws("beta[x]").join()) }));
`;

it("a program ends by itself after fits in threads, which have the draws of this thread, and after sixteen at once of which some are aborted", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", program], {
    cwd: resolve(import.meta.dirname, "../.."),
    timeout: 30_000,
  });
  expect(JSON.parse(stdout)).toEqual({
    codes: [],
    ended: new Array(16).fill(true),
    same: true,
  });
});
