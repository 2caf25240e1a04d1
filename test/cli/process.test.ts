import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { main } from "./dist.js";

const folder = mkdtempSync(join(tmpdir(), "marginalia-"));
afterAll(() => rmSync(folder, { recursive: true }));

const epilepsy = ["fit", "models/epilepsy", "--workers", "2"];
/** More draws than any test waits for; progress is told from the first tenth on. */
const endless = ["--warmup", "100", "--draws", "8000"];

interface End {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Flags of Node with which a process writes to standard error when it begins to listen to Ctrl-C. */
const tellingOfListeners = [
  "--import",
  'data:text/javascript,process.on("newListener", (event) => event === "SIGINT" && process.stderr.write("listening\\n"))',
];

/** Runs the program; `onText` sees what it has written to standard error until now, each time it writes. */
function runProcess(argv: readonly string[], onText: (stderr: string, child: ChildProcess) => void): Promise<End> {
  return runNode([main, ...argv], onText);
}

async function runNode(argv: readonly string[], onText: (stderr: string, child: ChildProcess) => void): Promise<End> {
  const child = spawn(process.execPath, argv);
  const texts = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    texts.stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    texts.stderr += text;
    onText(texts.stderr, child);
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, ...texts }));
  });
}

/** Sends one SIGINT for each pattern, when it is first seen. */
function interrupting(...patterns: RegExp[]): (stderr: string, child: ChildProcess) => void {
  return (stderr, child) => {
    if (patterns.length > 0 && patterns[0].test(stderr)) {
      patterns.shift();
      child.kill("SIGINT");
    }
  };
}

/** A file of crossed binary responses, which take seconds to approximate. */
function crossedData(): string {
  const file = join(folder, "crossed.csv");
  const rows = Array.from({ length: 6000 }, (_, i) => {
    const [g, h] = [i % 300, Math.floor(i / 300)];
    return [(i * 7) % 11 < 5 + (g % 3) - (h % 2) ? 1 : 0, Math.sin(i), g, h].join();
  });
  writeFileSync(file, ["y,x,g,h", ...rows].join("\n"));
  return file;
}

describe("the program in a process of its own", () => {
  it("has the same draws for any number of threads", async () => {
    const draws = await Promise.all(
      ["0", "2"].map(async (workers) => {
        const argv = ["fit", "models/rcbd", "--warmup", "100", "--draws", "50", "--workers", workers];
        const { code } = await runProcess([...argv, "--out", join(folder, workers)], () => {});
        expect(code).toBe(0);
        return readFileSync(join(folder, workers, "draws.csv"), "utf8");
      }),
    );
    expect(draws[0]).toBe(draws[1]);
    expect(draws[0].split("\n").length).toBe(1 + 4 * 50 + 1);
  });

  it("has the same draws for any number of threads where it is stopped by its quality", async () => {
    const draws = await Promise.all(
      ["0", "2"].map(async (workers) => {
        const argv = ["fit", "models/rcbd", "--target-ess", "800", "--chains", "3", "--workers", workers];
        const { code, stderr } = await runProcess([...argv, "--out", join(folder, `ess${workers}`)], () => {});
        expect(code).toBe(0);
        expect(stderr).toMatch(/^\d+ draws a chain: bulk ESS at least \d+, R-hat at most 1\.\d+$/m);
        return readFileSync(join(folder, `ess${workers}`, "draws.csv"), "utf8");
      }),
    );
    expect(draws[0]).toBe(draws[1]);
  });

  it("gives what has been drawn after Ctrl-C while sampling, and ends", async () => {
    const out = join(folder, "partial");
    const argv = [...epilepsy, ...endless, "--json", "--out", out];
    const { code, signal, stdout, stderr } = await runProcess(argv, interrupting(/sampling/));
    expect({ code, signal }).toEqual({ code: 130, signal: null });
    expect(stderr).toContain("stopping: what has been drawn is kept");
    const document = JSON.parse(stdout);
    expect(document.partial).toBe(true);
    expect(document.parameters.length).toBe(7);
    expect(existsSync(join(out, "draws.csv"))).toBe(true);
  });

  it("has nothing to give after Ctrl-C while warming up, and ends", async () => {
    const argv = [...epilepsy, "--warmup", "8000", "--draws", "8000"];
    const { code, stdout, stderr } = await runProcess(argv, interrupting(/warm-up/));
    expect({ code, stdout }).toEqual({ code: 130, stdout: "" });
    expect(stderr).toMatch(/marginalia: the run was stopped before the first draw[^\n]*\n$/);
  });

  it("quits at once after a second Ctrl-C", async () => {
    // Trajectories so long that a chain cannot have stopped between the two.
    const slow = ["--warmup", "0", "--step-size", "1e-9", "--max-tree-depth", "14", "--draws", "100"];
    const argv = [...epilepsy, ...slow];
    const { code, signal, stdout } = await runProcess(argv, interrupting(/sampling/, /stopping/));
    expect({ code, signal, stdout }).toEqual({ code: null, signal: "SIGINT", stdout: "" });
  });

  it("dies of Ctrl-C before it samples", async () => {
    const child = spawn(process.execPath, [main, ...epilepsy]);
    const end = new Promise((resolve) => child.on("close", (code, signal) => resolve({ code, signal })));
    child.on("spawn", () => child.kill("SIGINT"));
    expect(await end).toEqual({ code: null, signal: "SIGINT" });
  });

  it("exits with 130 at Ctrl-C while it approximates, which has nothing to keep", async () => {
    const formula = ["--formula", "y ~ x + (1 | g) + (1 | h)", "--family", "bernoulli", "--data", crossedData()];
    const argv = [main, "fit", ...formula, "--engine", "inla"];
    const { code, signal } = await runNode([...tellingOfListeners, ...argv], interrupting(/listening/));
    expect({ code, signal }).toEqual({ code: 130, signal: null });
  });

  it("gives the engines that had ended after Ctrl-C in a comparison, while another computes", async () => {
    const formula = ["--formula", "y ~ x + (1 | g) + (1 | h)", "--family", "bernoulli", "--data", crossedData()];
    const argv = ["compare", ...formula, "--engines", "nuts,inla,laplace", "--chains", "1", "--draws", "100", "--json"];
    const { code, stdout } = await runProcess(argv, interrupting(/^inla: /m));
    expect(code).toBe(130);
    const { engines, stopped } = JSON.parse(stdout);
    expect(engines).toMatchObject([{ engine: "nuts", method: "HMC, transported coordinates, 1 chain, 100 draws" }]);
    expect(stopped).toEqual(["inla", "laplace"]);
  });

  it("gives what had been drawn after Ctrl-C in a comparison, while it samples", async () => {
    const argv = ["compare", "models/epilepsy", "--workers", "2", "--draws", "8000"];
    const { code, stdout, stderr } = await runProcess(argv, interrupting(/sampling/));
    expect(code).toBe(130);
    expect(stderr).toContain("stopping: what has ended is kept");
    expect(stdout).toMatch(/nuts is the best there is, but its run was\s+ended early/);
    expect(stdout).toMatch(/^ {2}inla {5}stopped before it had ended$/m);
  });

  it("reports a mistake in the model of a comparison as a fit does", async () => {
    const argv = [
      "--formula",
      "count ~ postt + (1 | subject)",
      "--family",
      "poisson",
      "--data",
      "models/epilepsy/data.csv",
    ];
    const [compared, fitted] = await Promise.all(
      ["compare", "fit"].map((command) => runProcess([command, ...argv], () => {})),
    );
    expect(compared).toEqual(fitted);
    expect(compared).toMatchObject({ code: 2, stderr: expect.stringContaining('did you mean "post"?') });
  });

  it("keeps to the width of COLUMNS where it writes to no terminal", async () => {
    const env = { ...process.env, COLUMNS: "50" };
    const child = spawn(process.execPath, [main, "compare", "models/cbpp", "--engines", "ml,ml:laplace"], { env });
    let stdout = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    await new Promise((resolve) => child.on("close", resolve));
    const longest = Math.max(...stdout.split("\n").map((line) => line.length));
    expect(longest).toBeLessThanOrEqual(50);
    expect(longest).toBeGreaterThan(40);
  });

  it("says nothing when its reader goes away", async () => {
    for (const argv of [["--help"], ["check", "models/epilepsy"]]) {
      const child = spawn(process.execPath, [main, ...argv]);
      child.stdout.destroy();
      let stderr = "";
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        stderr += text;
      });
      const code = await new Promise((resolve) => child.on("close", resolve));
      expect({ argv, code, stderr }).toEqual({ argv, code: 0, stderr: "" });
    }
  });

  it("samples on when the reader of its progress goes away", async () => {
    const child = spawn(process.execPath, [main, "fit", "models/rcbd", "--draws", "100", "--warmup", "100"]);
    child.stderr.destroy();
    let stdout = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    const code = await new Promise((resolve) => child.on("close", resolve));
    expect(code).toBe(0);
    expect(stdout).toContain("Population parameters");
  });
});
