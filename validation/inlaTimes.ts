import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { fit } from "marginalia";
import { readTable } from "marginalia/node";
import { dataFile, outsideFolder } from "./files.js";

/** What lme4's glmer took for the epilepsy model with slopes on the machine of the times that are asked. */
const GLMER_SECONDS = 0.1;
const usage = "usage: npm run timing:inla -- [--glmer SECONDS] [--repeats N] [--data DIR]";

const priors = "prior intercept ~ normal(0, 5)\nprior beta ~ normal(0, 2.5)\nprior sd ~ student_t(3, 0, 2.5)\n";
const counts = "count ~ poisson(mu)\nlog(mu) = 1 + post * trt + offset(log(weeks))";

/** Models of the references of R-INLA and those shipped, with the milliseconds asked. */
const cases = [
  {
    name: "epil, intercepts",
    file: "epil",
    text: "y ~ poisson(mu)\nlog(mu) = 1 + lbase * trt + lage + V4 + (1 | subject)",
    asked: 50,
  },
  { name: "epilepsy, intercepts", file: "epilepsy", text: `${counts} + (1 | subject)`, asked: 42 },
  { name: "epilepsy, slopes", file: "epilepsy", text: `${counts} + (1 + post | subject)`, asked: 50 },
  {
    name: "cbpp",
    file: "cbpp",
    text: "incidence ~ binomial(size, p)\nlogit(p) = 1 + factor(period) + (1 | herd)",
    asked: 46,
  },
  {
    name: "multicenter",
    file: "multicenter",
    text: "favorable ~ binomial(patients, p)\nlogit(p) = 1 + treatment + (1 | clinic)",
    asked: 50,
  },
  {
    name: "toenail",
    file: "toenail",
    text: "outcome ~ bernoulli(p)\nlogit(p) = 1 + treatment * time + (1 | id)",
    asked: 70,
  },
  {
    name: "hdp",
    file: "hdp",
    text: "remission ~ bernoulli(p)\nlogit(p) = 1 + il6 + crp + cancer_stage + length_of_stay + experience + (1 | did)",
    asked: 660,
  },
];

/** Throws TypeError for options that are not allowed. */
function readSettings() {
  const text = { type: "string" } as const;
  const { values } = parseArgs({ options: { glmer: text, repeats: text, data: text } });
  const [glmer, repeats] = [Number(values.glmer ?? GLMER_SECONDS), Number(values.repeats ?? 21)];
  if (!(glmer > 0)) throw new TypeError(`--glmer ${values.glmer} is no positive number`);
  if (!(Number.isInteger(repeats) && repeats > 0))
    throw new TypeError(`--repeats ${values.repeats} is no whole number from 1`);
  return { glmer, repeats, data: values.data ?? outsideFolder };
}

/** The median milliseconds of a fit, text and table to marginals, in a process that has made some before. */
async function milliseconds(text: string, file: string, repeats: number): Promise<number> {
  const table = await readTable(file);
  const times: number[] = [];
  for (let k = -3; k < repeats; k++) {
    const start = performance.now();
    await fit(text, table, { engine: "inla" });
    if (k >= 0) times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
}

async function main(): Promise<void> {
  const { glmer, repeats, data } = readSettings();
  const factor = glmer / GLMER_SECONDS;
  console.log("| model | ms | asked, times the machine's factor | holds |\n| --- | --- | --- | --- |");
  let holds = true;
  for (const { name, file, text, asked } of cases) {
    if (!existsSync(dataFile(`${file}.csv`, data))) {
      console.error(`skipped ${name}: ${file}.csv may not be passed on and is not in ${data}`);
      continue;
    }
    const found = await milliseconds(`${text}\n${priors}`, dataFile(`${file}.csv`, data), repeats);
    const bound = factor * asked;
    holds &&= found <= bound;
    console.log(`| ${name} | ${found.toFixed(1)} | ${bound.toFixed(0)} | ${found <= bound ? "yes" : "no"} |`);
  }
  process.exitCode = holds ? 0 : 1;
}

try {
  await main();
} catch (error) {
  if (!(error instanceof TypeError)) throw error;
  console.error(`${error.message}\n${usage}`);
  process.exitCode = 2;
}
