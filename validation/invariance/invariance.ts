import { parseArgs } from "node:util";
import { EngineError, fit, fromFormula, type MlFit, type MlFitOptions, ModelError } from "marginalia";
import seedrandom from "seedrandom";
import { type Difference, differences } from "./differences.js";
import { type Change, changed, type FamilyName, leftSides, type Structure, simulate, structures } from "./members.js";

const usage = "usage: npm run invariance -- [--members 200] [--seed 1]";

/** Largest difference that two fits of the same model may have: in standard errors, or relative. */
const TOLERANCE = 1e-6;

interface Member {
  readonly structure: Structure;
  readonly family: FamilyName;
  readonly options: Omit<MlFitOptions, "engine">;
  readonly change: Change;
  readonly seed: string;
}

const methods: readonly { readonly options: Omit<MlFitOptions, "engine">; readonly families: readonly FamilyName[] }[] =
  [
    { options: {}, families: ["normal"] },
    { options: { reml: true }, families: ["normal"] },
    { options: { method: "laplace" }, families: ["normal", "poisson", "bernoulli", "binomial", "negative_binomial"] },
    { options: { method: "aghq", points: 3 }, families: ["poisson", "bernoulli", "binomial", "negative_binomial"] },
    { options: { method: "em", points: 3 }, families: ["poisson", "bernoulli", "binomial"] },
    { options: { method: "conditional" }, families: ["poisson", "bernoulli", "binomial"] },
    { options: { method: "pql" }, families: ["poisson", "bernoulli", "binomial"] },
  ];

/** A random member: a structure, a method and a family that it takes, another origin or another unit. */
function memberOf(seed: string): Member {
  const uniform = seedrandom(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(uniform() * from.length)];
  const structure = pick(structures);
  const { options, families } = pick(methods);
  const most = Math.log10(structure.largestShift ?? 1e9);
  const isShift = structure.fixed !== null && uniform() < 0.5;
  const change = isShift
    ? { shift: Math.round(pick([-1, 1]) * 10 ** (most * uniform())), scale: 1 }
    : { shift: 0, scale: 10 ** (18 * uniform() - 9) };
  return { structure, family: pick(families), options, change, seed };
}

/** The largest difference; a text where the model cannot be fitted, which both fits must say alike. */
async function judge({ structure, family, options, change, seed }: Member): Promise<Difference | string> {
  const model = fromFormula(`${leftSides[family]} ~ ${structure.formula}`, family);
  const columns = simulate(seed);
  const outcomes: (MlFit | string)[] = [];
  for (const data of [columns, changed(columns, change)])
    try {
      outcomes.push(await fit(model, data, { engine: "ml", ...options }));
    } catch (error) {
      if (!(error instanceof EngineError || error instanceof ModelError)) throw error;
      outcomes.push(error.message);
    }
  const [first, second] = outcomes;
  if (typeof first === "string" || typeof second === "string")
    return typeof first === typeof second
      ? `not fitted: ${first}`
      : { what: `fitted once: ${[first, second].find((one) => typeof one === "string")}`, size: Infinity };
  return differences(structure, change, first, second)[0];
}

const { values } = parseArgs({ options: { members: { type: "string" }, seed: { type: "string" } } });
const members = Number(values.members ?? 200);
if (!Number.isInteger(members) || members < 1) throw new Error(usage);
let [failures, unfitted, worst] = [0, 0, 0];
for (let k = 0; k < members; k++) {
  const member = memberOf(`${values.seed ?? 1}:${k}`);
  const found = await judge(member);
  if (typeof found === "string") unfitted++;
  else {
    worst = Math.max(worst, found.size);
    if (found.size <= TOLERANCE) continue;
    failures++;
    const { structure, family, options, change } = member;
    const where = `${family}, ${structure.formula}, ${JSON.stringify(options)}, x to ${change.scale} x + ${change.shift}`;
    console.log(`member ${k}: ${where}\n  ${found.what}: ${found.size.toExponential(1)}`);
  }
}
console.log(
  `${members} members: ${failures} beyond ${TOLERANCE}, ${unfitted} not fitted, largest difference ${worst.toExponential(1)}`,
);
process.exitCode = failures > 0 ? 1 : 0;
