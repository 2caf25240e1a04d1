import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { load } from "../../src/folder/load.js";
import { save } from "../../src/folder/save.js";
import { type Fit, fit, fitToJSON, type MlFit, ResultError } from "../../src/index.js";

const fault = vi.hoisted(() => ({ at: "" }));
vi.mock("../../src/folder/writeChecked.js", async (original) => {
  const { writeChecked } = await original<typeof import("../../src/folder/writeChecked.js")>();
  return {
    async writeChecked(path: string, chunks: Iterable<string | Uint8Array>) {
      const written = await writeChecked(path, chunks);
      if (fault.at !== "" && path.endsWith(fault.at)) throw new Error("ENOSPC: no space left on device, write");
      return written;
    },
  };
});

const crash = vi.hoisted(() => ({ before: Number.POSITIVE_INFINITY, renames: 0 }));
vi.mock("node:fs/promises", async (original) => {
  const files = await original<typeof import("node:fs/promises")>();
  const hasCrashed = () => crash.renames > crash.before;
  return {
    ...files,
    async rename(from: string, to: string) {
      crash.renames++;
      if (hasCrashed()) throw new Error("killed");
      await files.rename(from, to);
    },
    // What is dead clears nothing away.
    rm: async (...of: Parameters<typeof files.rm>) => (hasCrashed() ? undefined : files.rm(...of)),
  };
});

const text = "y ~ poisson(mu)\nlog(mu) = 1 + scale(x) + (1 | g)";
const data = {
  y: Array.from({ length: 40 }, (_, i) => (i * 7) % 5),
  x: Array.from({ length: 40 }, (_, i) => Math.sin(i)),
  g: Array.from({ length: 40 }, (_, i) => `g ${i % 5}`),
};
const engines = {
  nuts: { engine: "nuts", workers: 0, chains: 2, draws: 50, warmup: 50 },
  laplace: { engine: "laplace", draws: 100 },
  inla: { engine: "inla" },
  ml: { engine: "ml" },
} as const;
type Engine = keyof typeof engines;
const names = Object.keys(engines) as Engine[];

const root = mkdtempSync(join(tmpdir(), "marginalia-"));
afterAll(() => rmSync(root, { recursive: true }));
afterEach(() => {
  fault.at = "";
});

const fits = new Map<Engine, Fit | MlFit>();
beforeAll(async () => {
  for (const name of names) fits.set(name, await fit(text, data, engines[name]));
}, 60_000);
const made = (name: Engine) => fits.get(name) ?? expect.fail();
const bits = (one: Fit | MlFit) => JSON.stringify(fitToJSON(one));
const contents = (folder: string) =>
  Object.fromEntries(readdirSync(folder).map((file) => [file, readFileSync(join(folder, file)).toString("base64")]));
const failure = async (doing: Promise<unknown>) => {
  const error: unknown = await doing.then(
    () => expect.fail("it must fail"),
    (caught: unknown) => caught,
  );
  if (!(error instanceof ResultError)) throw error;
  return { code: error.code, message: error.message.replaceAll(root, "ROOT") };
};

describe.each(names)("a folder of %s", (name) => {
  it("gives the fit back bit for bit, and takes the place of an earlier one", async () => {
    const folder = join(root, name);
    await save(made(name === "ml" ? "nuts" : "ml"), folder);
    writeFileSync(join(folder, "notes.txt"), "mine");
    await save(made(name), folder);
    expect(bits(await load(folder))).toBe(bits(made(name)));
    const files = readdirSync(folder).map((file) => file.replace(/-\w+\.bin/, ".bin"));
    const draws = name === "ml" ? [] : ["draws.csv"];
    expect(files.sort()).toEqual([...draws, "fit.json", "model.glmm", "notes.txt", "numbers.bin", "result.json"]);
  });

  it("with any byte changed, or cut, is an error or the same fit", async () => {
    const folder = join(root, `${name} damaged`);
    await save(made(name), folder);
    const whole = bits(made(name));
    const files = readdirSync(folder);
    const change = fc.record({
      file: fc.constantFrom(...files),
      at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      mask: fc.integer({ min: 0, max: 255 }), // 0: cut there
    });
    const property = fc.asyncProperty(change, async ({ file, at, mask }) => {
      const path = join(folder, file);
      const bytes = readFileSync(path);
      const place = Math.floor(at * bytes.length);
      if (mask === 0) truncateSync(path, place);
      else
        writeFileSync(
          path,
          bytes.map((byte, i) => (i === place ? byte ^ mask : byte)),
        );
      try {
        const again = await load(folder).catch((error: unknown) => error);
        if (!(again instanceof ResultError)) expect(bits(again as Fit | MlFit)).toBe(whole);
      } finally {
        writeFileSync(path, bytes);
      }
    });
    await fc.assert(property, { seed: 20261130, numRuns: 60 });
  }, 60_000);
});

describe("a save that fails", () => {
  it.each(["fit.json", "model.glmm", "draws.csv", "numbers", "result.json"])(
    "at %s leaves all as it was",
    async (file) => {
      const folder = join(root, `failing ${file}`);
      await save(made("ml"), folder);
      const before = contents(folder);
      fault.at = file;
      expect(await failure(save(made("laplace"), folder))).toEqual({
        code: "not-written",
        message: `cannot write to the folder "ROOT/failing ${file}": no space left on device\n  a fit that was there is as it was; give another folder, or make room or permission`,
      });
      expect(contents(folder)).toEqual(before);
    },
  );

  it("says that a file, or a folder in the place of a file, is in its way", async () => {
    writeFileSync(join(root, "file"), "");
    expect((await failure(save(made("ml"), join(root, "file")))).message).toContain("file already exists");
    mkdirSync(join(root, "taken/fit.json"), { recursive: true });
    expect((await failure(save(made("ml"), join(root, "taken")))).message).toContain('"fit.json" in it is a folder');
    expect(readdirSync(join(root, "taken"))).toEqual(["fit.json"]);
  });

  it("half-way, as of a process that is killed between any two of its steps, leaves the old fit or the new one", async () => {
    const outcomes = new Set<string>();
    for (let before = 0; before < 7; before++) {
      const folder = join(root, `crash ${before}`);
      await save(made("nuts"), folder);
      writeFileSync(join(folder, "notes.txt"), "mine");
      Object.assign(crash, { before, renames: 0 });
      const ended = await save(made("laplace"), folder).then(
        () => "done",
        () => "killed",
      );
      Object.assign(crash, { before: Number.POSITIVE_INFINITY, renames: 0 });
      const found = bits(await load(folder));
      const which = (["nuts", "laplace"] as const).find((name) => bits(made(name)) === found) ?? "neither";
      outcomes.add(`${ended}, ${which}`);
      expect(which, `${before}`).not.toBe("neither");
      expect(readFileSync(join(folder, "notes.txt"), "utf8")).toBe("mine");
      await save(made("ml"), folder);
      expect(bits(await load(folder))).toBe(bits(made("ml")));
    }
    expect([...outcomes].sort()).toEqual(["done, laplace", "killed, laplace", "killed, nuts"]);
  });

  it("of a process that was killed is cleared away by the next", async () => {
    mkdirSync(join(root, "killed/.saving-999999999"), { recursive: true });
    await save(made("ml"), join(root, "killed"));
    expect(readdirSync(join(root, "killed"))).not.toContain(".saving-999999999");
  });
});

describe("load refuses", () => {
  const edited = async (name: string, edit: (folder: string) => void) => {
    const folder = join(root, name);
    await save(made("ml"), folder);
    edit(folder);
    return failure(load(folder));
  };
  const replaced = (file: string, from: string | RegExp, to: string) => (folder: string) =>
    writeFileSync(join(folder, file), readFileSync(join(folder, file), "utf8").replace(from, to));

  it("what is no saved fit", async () => {
    mkdirSync(join(root, "empty"));
    expect(await failure(load(join(root, "empty")))).toEqual({
      code: "not-a-saved-fit",
      message:
        'there is no saved fit in "ROOT/empty": it has no result.json\n  give a folder that `marginalia fit MODEL --out DIR` wrote, or save()',
    });
    expect((await failure(load(join(root, "absent")))).message).toContain("there is no such folder");
    mkdirSync(join(root, "earlier"));
    writeFileSync(join(root, "earlier/fit.json"), "{}");
    expect((await failure(load(join(root, "earlier")))).message).toContain("fit again with --out");
    writeFileSync(join(root, "empty/result.json"), "[1]");
    expect((await failure(load(join(root, "empty")))).message).toContain("is not the index of a saved fit");
  });

  it("a later version, by its name", async () => {
    const later = await edited("later", replaced("result.json", '"version":1', '"version":2'));
    expect(later.code).toBe("version");
    expect(later.message).toMatch(/in version 2 of its format, and this program reads 1\n {2}read it with/);
  });

  it("an edited number, an edited model and lost numbers, each with its place", async () => {
    const index = await edited("number", replaced("result.json", '"converged":true', '"converged":false'));
    expect(index.message).toContain('"ROOT/number/result.json" is damaged or has been edited');
    const model = await edited("model", replaced("model.glmm", "scale(x)", "x"));
    expect(model.message).toMatch(
      /"ROOT\/model\/model.glmm" is not what was saved with the fit\n {2}put it back, or take it away/,
    );
    const lost = await edited("lost", (folder) => {
      for (const file of readdirSync(folder)) if (file.endsWith(".bin")) rmSync(join(folder, file));
    });
    expect(lost.message).toMatch(/cannot read "ROOT\/lost\/numbers-\w+\.bin" of the saved fit: it is missing/);
  });

  it("nothing where only files for people are taken away", async () => {
    const folder = join(root, "fewer");
    await save(made("laplace"), folder);
    for (const file of ["fit.json", "model.glmm", "draws.csv"]) rmSync(join(folder, file));
    expect(bits(await load(folder))).toBe(bits(made("laplace")));
  });
});
