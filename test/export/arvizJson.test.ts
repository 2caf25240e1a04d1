import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { arvizJson } from "../../src/export/arvizJson.js";
import { exportFit, fit } from "../../src/index.js";
import { data, Fits, text, textOf, withPosterior } from "./fits.js";

// ArviZ's schema of InferenceData (python.arviz.org/en/stable/schema/schema.html) as from_json() takes it: groups by these names, whose variables of draws start
// with chain and draw; `dims` has the names of the other dimensions, `coords` their coordinates.
const drawn = ["posterior", "sample_stats", "log_likelihood", "posterior_predictive", "prior", "prior_predictive"];
const ofData = ["observed_data", "constant_data"];
const group = v.optional(v.record(v.string(), v.array(v.unknown())));
const schema = v.strictObject({
  ...Object.fromEntries([...drawn, ...ofData].map((name) => [name, group])),
  coords: v.record(v.string(), v.array(v.union([v.string(), v.number()]))),
  dims: v.record(v.string(), v.array(v.string())),
  attrs: v.record(v.string(), v.union([v.string(), v.number()])),
});
const statistics = ["lp", "acceptance_rate", "step_size", "tree_depth", "reached_max_treedepth", "diverging", "energy"];

type Nested = number | string | boolean | readonly Nested[];
type Read = Record<string, Record<string, Nested>> & {
  coords: Record<string, string[]>;
  dims: Record<string, string[]>;
};

/** Lengths of nested lists, each of which has as many parts as its neighbours. */
function shapeOf(value: Nested): number[] {
  if (!Array.isArray(value)) return [];
  const shapes = value.map(shapeOf);
  for (const shape of shapes) expect(shape).toEqual(shapes[0]);
  return [value.length, ...(shapes[0] ?? [])];
}

function read(text: string): Read {
  const parsed: Read = JSON.parse(text);
  v.parse(schema, parsed);
  for (const name of [...drawn, ...ofData])
    for (const [variable, values] of Object.entries(parsed[name] ?? {})) {
      const lengths = (parsed.dims[variable] ?? []).map((dimension) => parsed.coords[dimension].length);
      const shape = shapeOf(values);
      expect(shape.slice(drawn.includes(name) ? 2 : 0), variable).toEqual(lengths);
    }
  return parsed;
}

const fits = new Fits();
const include = ["log_likelihood", "posterior_predictive", "prior"];

describe.each(withPosterior)("ArviZ JSON of %s", (engine) => {
  it("keeps to the schema, and holds the draws by chain, draw, level and coefficient", async () => {
    const made = await fits.posterior(engine);
    const { posterior, dims, coords } = read(await textOf(exportFit(made, "arviz-json").files));
    expect(Object.keys(posterior)).toEqual(["beta", "sd", "cor", "b_g", "b_h"]);
    expect([dims.beta, dims.b_g]).toEqual([["beta_of"], ["g_level", "b_g_of"]]);
    expect([coords.sd_of, coords.cor_of]).toEqual([["g, Intercept", "g, sd", "h, Intercept"], ["g, Intercept, sd"]]);
    const at = (values: Nested, ...places: readonly number[]) =>
      places.reduce<Nested>((part, place) => (Array.isArray(part) ? part[place] : expect.fail()), values);
    const chain = made.posterior.record.chains.length > 0 ? 1 : 0;
    expect(at(posterior.beta, chain, 3, 2)).toBe(made.draws('beta[kind.say "c"]')[chain][3]);
    expect(at(posterior.sd, chain, 7, 2)).toBe(made.draws("sd[h, Intercept]")[chain][7]);
    expect(at(posterior.b_g, chain, 5, 4, 1)).toBe(made.draws("b[g, g 4, sd]")[chain][5]);
  });

  it("has the data in the order of the table, and the groups that were asked for", async () => {
    const made = await fits.posterior(engine);
    const whole = read(await textOf(exportFit(made, "arviz-json", { include }).files));
    expect(whole.observed_data).toEqual({ y: data.y });
    // A column that is called as a parameter is has another name, for a name has one set of dimensions.
    expect(whole.constant_data).toEqual({ sd_data: data.sd, kind: data.kind, g: data.g, h: data.h });
    expect(whole.coords.obs).toEqual(data.y.map((_, i) => i + 1));
    expect(Object.keys(whole).slice(0, -3)).toEqual([
      ...["posterior", ...(engine === "nuts" ? ["sample_stats"] : [])],
      ...["log_likelihood", "posterior_predictive", "prior", "prior_predictive", ...ofData],
    ]);
    const again = await textOf(exportFit(made, "arviz-json", { include, seed: "1" }).files);
    expect(JSON.parse(again)).toEqual(whole);
    const [first] = [whole.posterior_predictive.y].flat(3);
    expect(Number.isInteger(first)).toBe(true);
  });
});

it("has numbers that are read as such, however large", () => {
  const values = [1, 0.25, -0, 2 ** 60, -(10 ** 21), Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN];
  const dimensions = [{ name: "obs", coordinates: Int32Array.from(values.keys()) }];
  const y = { name: "y", type: "number", drawn: null, dimensions, values: () => [values] } as const;
  const written = [...arvizJson({ groups: [{ name: "observed_data", variables: [y] }], attributes: {} })].join("");
  // Python's json makes integers of any length of what has neither point nor exponent, which numpy takes for objects.
  expect(written).toContain('"y":[1,0.25,0,1.152921504606847e+18,-1e+21,1e999,-1e999,null]');
  expect(JSON.parse(written).observed_data.y).toEqual([...values.slice(0, 2), 0, ...values.slice(3, 7), null]);
});

it("has the log densities of the responses at each draw", async () => {
  const made = await fits.posterior("nuts");
  const { log_likelihood } = read(await textOf(exportFit(made, "arviz-json", { include: ["log_likelihood"] }).files));
  const values = log_likelihood.y as number[][][];
  const value = (name: string) => made.draws(name)[1][9];
  for (const row of [0, 17, 59]) {
    const { y, sd, kind, g, h } = {
      y: data.y[row],
      sd: data.sd[row],
      kind: data.kind[row],
      g: data.g[row],
      h: data.h[row],
    };
    const fixed =
      value("beta[Intercept]") + value("beta[sd]") * sd + (kind === "a, b" ? 0 : value('beta[kind.say "c"]'));
    const eta = fixed + value(`b[g, ${g}, Intercept]`) + value(`b[g, ${g}, sd]`) * sd + value(`b[h, ${h}, Intercept]`);
    const logFactorial = Array.from({ length: y }, (_, k) => Math.log(k + 1)).reduce((total, log) => total + log, 0);
    expect(values[1][9][row]).toBeCloseTo(y * eta - Math.exp(eta) - logFactorial, 10);
  }
});

it("has the sampler's account under the names of ArviZ", async () => {
  const made = await fits.posterior("nuts");
  const { sample_stats, attrs } = read(await textOf(exportFit(made, "arviz-json").files));
  expect(Object.keys(sample_stats)).toEqual(statistics);
  const [, second] = made.posterior.record.chains;
  const ofSecond = (name: string) => (sample_stats[name] as Nested[][])[1];
  expect(ofSecond("energy")).toEqual(Array.from(second.energy));
  expect(ofSecond("diverging")).toEqual(Array.from(second.divergent, (one) => one === 1));
  expect(ofSecond("step_size")).toEqual(Array.from(second.energy, () => second.stepSize));
  expect(attrs).toMatchObject({ inference_library: "marginalia", engine: "nuts", data: "data", model: text });
});

it.each(["summary", "none"] as const)(
  "names the variables of a second predictor by its parameter, and leaves out effects of which a %s was kept",
  async (randomEffects) => {
    const model = "y ~ normal(mu, sigma)\nmu = 1 + (1 | g)\nlog(sigma) = 1 + sd + (1 | h)";
    const made = await fit(model, data, { workers: 0, chains: 1, draws: 20, warmup: 50, randomEffects });
    const { posterior, coords } = read(await textOf(exportFit(made, "arviz-json").files));
    expect(Object.keys(posterior)).toEqual(["beta", "sd", "sigma.beta", "sigma.sd"]);
    expect(coords["sigma.sd_of"]).toEqual(["h, Intercept"]);
    expect(() => exportFit(made, "arviz-json", { include: ["log_likelihood"] })).toThrow(
      "log_likelihood and posterior_predictive need the draws of the random effects, which were not kept",
    );
  },
);

it("has no draws from improper priors", async () => {
  const made = await fit("y ~ poisson(mu)\nlog(mu) = 1 + sd\nprior beta[sd] ~ flat()", data, { engine: "laplace" });
  expect(() => exportFit(made, "arviz-json", { include: ["prior"] })).toThrow("the prior on beta[sd] is improper");
});
