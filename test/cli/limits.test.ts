import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { main } from "./dist.js";
import { KeptTerminal, Workspace } from "./terminal.js";

const workspace = new Workspace();
const rows = (count: number) => Array.from({ length: count }, (_, i) => `g${i % 10},${(7 * i) % 5},${(i % 40) / 20}`);
const table = (count: number) => ["g,y,x", ...rows(count)].join("\n");
const old = ["p.csv", "s.csv", "e.csv", "e.nc", "e.parquet", "e.json", "e.stan"];
beforeAll(async () => {
  workspace.write({
    "data.csv": table(40),
    "model.glmm": "y ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)\nprior beta ~ normal(0, 1)\nprior sd ~ exponential(1)\n",
    "few.csv": table(1000),
    "many.csv": table(20_000),
    ...Object.fromEntries(old.map((name) => [name, "old"])),
  });
  const made = await workspace.run([
    "fit",
    "DIR/model.glmm",
    "--engine",
    "laplace",
    "--draws",
    "1000",
    "--out",
    "DIR/fit",
  ]);
  expect(made.code).toBe(0);
});
afterAll(() => workspace.remove());

const contents = () => readdirSync(workspace.folder, { recursive: true }).map(String).sort();

// No file may have more than 1024 bytes: what a full disk does to those that are written, without a disk.
describe.skipIf(process.platform === "win32")("a disk that is full", () => {
  const crowded = (argv: string) =>
    spawnSync("bash", ["-c", `ulimit -f 1; exec "$0" "$@"`, process.execPath, main, ...argv.split(" ")], {
      cwd: workspace.folder,
      encoding: "utf8",
    });

  it.each([
    ["fit model.glmm --engine laplace --out fit", 'cannot write to the folder "fit": file too large'],
    ["predict fit --effects zero --out p.csv", 'cannot write "p.csv": file too large'],
    ["simulate fit --draws 20 --out s.csv", 'cannot write "s.csv": file too large'],
    ["export fit --to csv --out e.csv", 'cannot write "e.csv": file too large'],
    ["export fit --to netcdf --out e.nc", 'cannot write "e.nc": file too large'],
    ["export fit --to parquet --out e.parquet", 'cannot write "e.parquet": file too large'],
    ["export fit --to arviz-json --out e.json", 'cannot write "e.json": file too large'],
    [
      "export fit --to stan --out e.stan",
      'cannot write "e.stan": it is a file, and this format is a folder of several',
    ],
    ["export fit --to stan-csv --out folder/deep", 'cannot write "folder/deep": file too large'],
  ])("is told, and leaves what was there: %s", (argv, message) => {
    const before = contents();
    const { status, stderr } = crowded(argv);
    expect(stderr).toContain(`marginalia: ${message}\n`);
    expect(stderr).toMatch(/make room/);
    expect(status).toBe(2);
    expect(contents()).toEqual(before);
    for (const name of old) expect(readFileSync(join(workspace.folder, name), "utf8")).toBe("old");
  });

  it("leaves a fit that is whole, and a folder of calibration that can be gone on with", async () => {
    expect(await workspace.run(["summary", "DIR/fit"])).toMatchObject({ code: 0 });
    const calibration = "sbc model.glmm --engine laplace --replicates 2 --out calibration";
    const { stderr } = crowded(calibration);
    expect(stderr).toContain('cannot write to the folder "calibration": file too large');
    const again = spawnSync(process.execPath, [main, ...calibration.split(" ")], {
      cwd: workspace.folder,
      encoding: "utf8",
    });
    expect(again.stderr).not.toContain("another run");
    expect(again.status).toBe(0);
  });
});

it("Ctrl-C ends predictions, and leaves the file that was there", async () => {
  const terminal = new KeptTerminal();
  const timer = setInterval(() => terminal.isListening && terminal.pressCtrlC(), 5);
  const argv = ["predict", "DIR/fit", "--new", "DIR/many.csv", "--effects", "marginal", "--out", "DIR/p.csv"];
  const { code, stdout, stderr } = await workspace.run(argv, terminal);
  clearInterval(timer);
  expect(code).toBe(130);
  expect(stdout).toBe("");
  expect(stderr).toContain("marginalia: not all rows had been predicted; nothing is shown\n");
  expect(readFileSync(join(workspace.folder, "p.csv"), "utf8")).toBe("old");
  expect(contents().filter((name) => name.includes("partial"))).toEqual([]);
});

it("predictions take no more memory for more rows: their draws are never all there", () => {
  const telling =
    'data:text/javascript,process.on("exit", () => process.stderr.write(process.resourceUsage().maxRSS + " KB"))';
  const peak = (file: string) => {
    const argv = [
      "predict",
      "fit",
      "--new",
      file,
      "--effects",
      "conditional",
      "--scale",
      "response",
      "--out",
      "out.csv",
    ];
    const { status, stderr } = spawnSync(process.execPath, ["--import", telling, main, ...argv], {
      cwd: workspace.folder,
      encoding: "utf8",
    });
    expect(status).toBe(0);
    return Number(/(\d+) KB$/.exec(stderr)?.[1]) / 1024;
  };
  const [few, many] = [peak("few.csv"), peak("many.csv")];
  expect(few).toBeGreaterThan(20);
  // 20,000 rows x 1000 draws are 160 MB.
  expect(many - few).toBeLessThan(60);
}, 60_000);
