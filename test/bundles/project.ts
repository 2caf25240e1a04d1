import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import "../cli/dist.js";

/** Where the package itself is. */
export const root = resolve(import.meta.dirname, "../..");

/** An empty project in which what npm would publish has been installed. */
export interface Project {
  readonly folder: string;
  /** Writes a file; returns its path. */
  write(name: string, text: string): string;
  remove(): void;
}

export function createProject(): Project {
  const folder = mkdtempSync(join(tmpdir(), "marginalia-bundles-"));
  const npm = (cwd: string, ...argv: string[]) => execFileSync("npm", argv, { cwd, stdio: ["ignore", "pipe", "pipe"] });
  npm(root, "pack", "--silent", "--ignore-scripts", "--pack-destination", folder);
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"));
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  write("package.json", JSON.stringify({ name: "consumer", private: true, type: "module" }));
  npm(folder, "install", "--silent", "--prefer-offline", "--no-audit", "--no-fund", `./${tarball}`);
  return { folder, write, remove: () => rmSync(folder, { recursive: true }) };
}

/** What the programs of the tests report. */
export interface Outcome {
  /** Codes of the problems of the fit in threads. */
  readonly codes: readonly string[];
  /** The first draws of a parameter. */
  readonly draws: readonly number[];
}

/** Fits a small model in threads, the worker of the library or another, and reports an `Outcome`. */
export function program(workerUrl = "undefined"): string {
  return `
import { fit } from "marginalia";
const data = { y: [1, 4, 0, 5, 1, 2], x: [0.5, 1.5, -2, 0, 1, 0.7], g: ["a", "a", "b", "b", "c", "c"] };
const options = { chains: 2, draws: 50, workers: 2, workerUrl: ${workerUrl} };
fit("y ~ poisson(mu)\\nlog(mu) = 1 + x + (1 | g)", data, options).then((result) => {
  const codes = result.problems.map(({ code }) => code);
  const outcome = JSON.stringify({ codes, draws: [...result.draws("beta[x]")[0]].slice(0, 5) });
  if (typeof document === "undefined") console.log(outcome);
  else document.title = outcome;
});
`;
}
