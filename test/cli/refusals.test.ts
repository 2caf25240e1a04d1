import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { EngineError } from "../../src/engine/EngineError.js";
import { Workspace } from "./terminal.js";

const FITTED = "the model is fitted now";

// Nothing is fitted: what is said before tells whether it would be.
vi.mock("../../src/fit/fit.js", async (importOriginal) => ({
  ...(await importOriginal<typeof import("../../src/fit/fit.js")>()),
  fit: async () => {
    throw new EngineError(FITTED);
  },
}));

const workspace = new Workspace();

const rows = Array.from({ length: 24 }, (_, i) => {
  const [g, x] = ["abcdef"[i % 6], (i % 5) / 2];
  return {
    y: (i * 7) % 5,
    z: ((i * 13) % 11) / 3,
    b: (i * 5) % 2,
    x,
    g,
    h: "uvw"[i % 3],
    n: 1 + (i % 3),
    s: 0.5 + (i % 4) / 4,
  };
});
const csv = [Object.keys(rows[0]).join(","), ...rows.map((row) => Object.values(row).join(","))].join("\n");

/** What is out of the ordinary in a model. */
const models: Readonly<Record<string, string>> = {
  plain: "y ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)\n",
  weighted: "y | weights(n) ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)\n",
  "with known errors": "z | se(s) ~ normal(mu)\nmu = 1 + x + (1 | g)\n",
  crossed: "b ~ bernoulli(p)\nlogit(p) = 1 + x + (1 | g) + (1 | h)\n",
  "without groups": "z ~ normal(mu, sigma)\nmu = 1 + x\n",
  dispersed: "y ~ negative_binomial(mu, phi)\nlog(mu) = 1 + x + (1 | g)\nlog(phi) = 1 + s\nprior beta ~ flat()\n",
};

const engines = ["nuts", "laplace", "inla", "ml"] as const;
const ofPosteriors = engines.slice(0, 3);

interface Refusal {
  readonly command: readonly string[];
  readonly message: RegExp;
  /** Models that are refused; others are fitted. */
  readonly models: readonly string[];
  /** Engines by which they are refused; others fit. */
  readonly by: readonly string[];
  /** Engines that the command has. */
  readonly among?: readonly string[];
}

const all = Object.keys(models);
const grouped = all.filter((name) => name !== "without groups");
const curved = all.filter((name) => name !== "without groups" && name !== "with known errors");

const refusals: readonly Refusal[] = [
  { command: ["loo"], message: /likelihood weights/, models: ["weighted"], by: ofPosteriors, among: ofPosteriors },
  {
    command: ["loo", "--group", "w"],
    message: /group is "w"|likelihood weights/,
    models: all,
    by: ofPosteriors,
    among: ofPosteriors,
  },
  {
    command: ["influence"],
    message: /likelihood weights/,
    models: ["weighted"],
    by: ofPosteriors,
    among: ofPosteriors,
  },
  {
    command: ["influence"],
    message: /likelihood weights|one grouping factor/,
    models: ["weighted", "crossed"],
    by: ["ml"],
    among: ["ml"],
  },
  { command: ["ppc"], message: /likelihood weights/, models: ["weighted"], by: engines },
  {
    command: ["ppc", "--statistics", "within_sd"],
    message: /needs groups|likelihood weights/,
    models: ["without groups", "weighted"],
    by: engines,
  },
  {
    command: ["residuals", "--group", "w"],
    message: /no grouping factor or column|likelihood weights/,
    models: all,
    by: engines,
  },
  {
    command: ["predict", "--effects", "zero", "--new", "DIR/lacking.csv"],
    message: /unknown column/,
    models: ["dispersed"],
    by: engines,
  },
  {
    command: ["predict", "--effects", "conditional", "--new", "DIR/lacking.csv"],
    message: /unknown column/,
    models: [...grouped],
    by: engines,
  },
  {
    command: ["predict", "--effects", "zero", "--quantity", "probability(y == 1)"],
    message: /no single value has a probability|unknown|"y"/,
    models: ["with known errors", "without groups"],
    by: engines,
  },
  {
    command: ["means", "--effects", "conditional"],
    message: /has no levels of|row by row alone/,
    models: grouped,
    by: ofPosteriors,
    among: ofPosteriors,
  },
  {
    command: ["means", "--effects", "conditional"],
    message: /row by row alone/,
    models: all,
    by: ["ml"],
    among: ["ml"],
  },
  { command: ["means"], message: /--effects says what is made/, models: curved, by: engines },
  {
    command: ["contrast", "--of", "x", "--at", "x=0,1", "--effects", "zero", "--as", "odds-ratio"],
    message: /no probabilities/,
    models: all.filter((name) => name !== "crossed"),
    by: engines,
  },
  {
    command: ["contrast", "--of", "x", "--at", "x=0,1", "--effects", "zero", "--contrast", "u - v"],
    message: /u - v/,
    models: all,
    by: engines,
  },
  { command: ["slopes", "--of", "w", "--effects", "zero"], message: /no variable/, models: all, by: engines },
  {
    command: ["solve", "--for", "g", "--target", "1", "--effects", "zero"],
    message: /--for names "g"|means of b lie/,
    models: all,
    by: engines,
  },
  {
    command: ["solve", "--for", "x", "--target", "-1", "--effects", "zero"],
    message: /means of . lie/,
    models: curved,
    by: engines,
  },
  {
    command: ["population", "--new", "DIR/lacking.csv"],
    message: /unknown column/,
    models: ["dispersed"],
    by: engines,
  },
  {
    command: ["sensitivity", "--quantity", "means --of w --effects zero"],
    message: /--of names "w"/,
    models: all,
    by: ofPosteriors,
    among: ofPosteriors,
  },
  {
    command: ["simulate", "--new", "DIR/data.csv"],
    message: /which other rows are not simulated with/,
    models: ["weighted", "with known errors"],
    by: engines,
  },
  { command: ["export", "--to", "csv"], message: /no draws/, models: all, by: ["ml"] },
  {
    command: ["export", "--to", "arviz-json", "--include", "prior"],
    message: /improper/,
    models: ["dispersed"],
    by: ofPosteriors,
    among: ofPosteriors,
  },
];

beforeAll(() => {
  workspace.write({ "data.csv": csv, "lacking.csv": "x\n1\n" });
  for (const [name, text] of Object.entries(models)) workspace.write({ [`${name}.glmm`]: text });
});

afterAll(() => workspace.remove());

describe("what a model or an engine cannot have", () => {
  it.each(refusals.map((one) => [one.command.join(" "), one] as const))(
    "%s is refused before a fit",
    async (_, one) => {
      for (const model of all)
        for (const engine of one.among ?? engines) {
          const [name, ...own] = one.command;
          const source = [`DIR/${model}.glmm`, "--data", "DIR/data.csv", "--engine", engine];
          const { code, stderr } = await workspace.run([name, ...source, ...own]);
          const isRefused = one.models.includes(model) && one.by.includes(engine);
          const asked = `${model} by ${engine}`;
          expect({ asked, stderr, code }).toMatchObject({ code: expect.not.toBeOneOf([0]) });
          if (isRefused) expect(`${asked}: ${stderr}`).toMatch(one.message);
          expect(`${asked}: ${stderr}, ${stderr.includes(FITTED)}`).toMatch(isRefused ? /false$/ : /true$/);
        }
    },
  );
});
