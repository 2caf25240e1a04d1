import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import "../cli/dist.js";

const execute = promisify(execFile);

/** What a program prints, in a process of its own that has to end by itself. */
async function printedBy(program: string): Promise<unknown> {
  const setup = `
    import { setTimeout } from "node:timers/promises";
    import { dispose, fit } from ${JSON.stringify(new URL("../../dist/node/index.js", import.meta.url).href)};
    const rows = Array.from({ length: 40 }, (_, i) => ({ y: (i * i) % 5, x: ((i * 7) % 11) / 11, g: "g" + (i % 8) }));
    const model = "y ~ poisson(mu)\\nlog(mu) = 1 + x + (1 | g)";
    const draws = async (options) => (await fit(model, rows, { chains: 2, warmup: 50, draws: 40, workers: 2, ...options })).draws("beta[x]").map((chain) => chain.length + ": " + chain.join(" "));
    const print = (result) => console.log(JSON.stringify(result));`;
  const { stdout } = await execute(process.execPath, ["--input-type=module", "-e", setup + program], {
    timeout: 30_000,
  });
  return JSON.parse(stdout);
}

describe("dispose", () => {
  it("ends the threads of the process, any number of times; later fits start others, with the same draws", async () => {
    const program = `
      dispose();
      const first = await draws();
      dispose();
      dispose();
      print([first.map((chain) => parseInt(chain)), String(await draws()) === String(first), String(await draws({ workers: 0 })) === String(first)]);`;
    expect(await printedBy(program)).toEqual([[40, 40], true, true]);
  });

  it("fails fits that run or wait for a thread, and says so; later ones go on", async () => {
    const program = `
      const endless = Array.from({ length: 3 }, () => draws({ draws: 1e6 }).then(() => "done", (error) => error.message));
      await setTimeout(2000);
      dispose();
      print([await Promise.all(endless), (await draws()).length]);`;
    const message = expect.stringMatching(/its worker thread was ended by dispose\(\) before the chain was done/);
    expect(await printedBy(program)).toEqual([[message, message, message], 2]);
  });
});
