import { parseArgs } from "node:util";
import { hardDesign, kinds } from "./designs.js";
import { readReferences, writeReferences } from "./files.js";
import { fingerprint, referenceOf } from "./reference.js";

const usage = "usage: node dist-validation/hardDesigns/makeReferences.js [--count N] [--numbers A,B,...] [--only TEXT]";

/** Makes the references that are missing of designs 1 to N, or those with the numbers given, of each kind whose name contains TEXT; each is written as soon as it is made. */
async function main(): Promise<void> {
  const text = { type: "string" } as const;
  const { values } = parseArgs({ options: { count: text, numbers: text, only: text } });
  const count = Number(values.count ?? 17);
  const numbers = values.numbers?.split(",").map(Number) ?? Array.from({ length: Math.max(0, count) }, (_, k) => k + 1);
  if (!numbers.every((number) => Number.isInteger(number) && number > 0) || numbers.length === 0)
    throw new TypeError("numbers of designs are whole, from 1");
  for (const number of numbers)
    for (const kind of kinds.filter((name) => name.includes(values.only ?? ""))) {
      const design = hardDesign(kind, number);
      const known = readReferences(kind);
      if (known.some(({ sha256 }) => sha256 === fingerprint(design))) continue;
      const start = performance.now();
      const reference = await referenceOf(design);
      const others = readReferences(kind).filter(({ design: name }) => name !== design.name);
      const all = [...others, reference].sort((a, b) => numberOf(a.design) - numberOf(b.design));
      writeReferences(kind, all);
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      console.log(`${design.name}: ${reference.method ?? "no reference could be had"} (${seconds} s)`);
    }
}

function numberOf(name: string): number {
  return Number(name.split(" ")[1]);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof TypeError)) throw error;
  console.error(`${error.message}\n${usage}`);
  process.exitCode = 2;
}
