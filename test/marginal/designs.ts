import type { Table } from "../../src/data/Table.js";
import { toTable } from "../../src/data/toTable.js";
import type { LatentGaussian } from "../../src/density/LatentGaussian.js";
import type { LatentValues } from "../../src/density/LatentValues.js";
import type { Design } from "../../src/design/Design.js";
import { compiled, uniforms } from "../density/models.js";

/** Random parts on the columns of `groupedTable`, and the structure that they make. */
export const randomParts = {
  "one effect": { random: "(1 | g)", structure: "single" },
  "two correlated effects": { random: "(1 + x1 | g)", structure: "single" },
  "three correlated effects": { random: "(1 + x1 + x2 | g)", structure: "single" },
  "several terms on one factor": { random: "(1 + x1 | g) + (0 + x2 | g)", structure: "single" },
  "two nested factors": { random: "(1 | g) + (1 | k)", structure: "nested" },
  "three nested factors with slopes": { random: "(1 | m) + (1 + x1 | g) + (1 + x2 | k)", structure: "nested" },
  "two crossed factors": { random: "(1 | g) + (1 | h)", structure: "crossed" },
  "crossed factors with slopes": { random: "(1 + x1 | h) + (1 + x2 | g)", structure: "crossed" },
  "three crossed factors": { random: "(1 | g) + (1 | h) + (1 | l)", structure: "crossed" },
  "nested and crossed, with slopes": { random: "(1 + x1 | g) + (1 | k) + (1 + x2 | h)", structure: "crossed" },
} as const;

/** m > g > k nested, h and l crossed with them; covariates x1, x2; responses of every kind. */
export function groupedTable(seed: number, rows: number): Table {
  const next = uniforms(seed);
  const count = (n: number) => Math.floor(((next() + 1) / 2) * n);
  const column = (of: (i: number) => number) => Float64Array.from({ length: rows }, (_, i) => of(i));
  // The first rows make sure that a coarser factor has fewer levels.
  const k = column((i) => (i < 8 ? i : count(8)));
  const g = k.map((level) => Math.floor(level / 2));
  const size = column(() => 1 + count(5));
  return toTable({
    x1: column(next),
    x2: column(() => 0.3 + 2 * next()),
    k,
    g,
    m: g.map((level) => Math.floor(level / 2)),
    h: column((i) => (i < 3 ? i : count(3))),
    l: column((i) => (i < 5 ? i : count(5))),
    size,
    y: column(() => 1.5 + next()),
    binary: column((i) => (i < 2 ? i : count(2))),
    share: column((i) => (i < 2 ? i : count(2))),
    successes: size.map((n) => count(n + 1)),
    events: column(() => count(6)),
  });
}

export function viewOf(text: string, table: Table): { view: LatentGaussian; design: Design } {
  const { model, design } = compiled(text, table);
  const latent = model.latentGaussian();
  if ("refusal" in latent) throw new Error(latent.refusal);
  return { view: latent.view, design };
}

/** Parameters of some size: coefficients 0.3, sds 0.7, effects of a level correlated. */
export function someValues(view: LatentGaussian): LatentValues {
  const values = view.values();
  values.beta.fill(0.3);
  values.dispersion.fill(0.8);
  values.Lambda.forEach((Lambda, f) => {
    const q = view.factors[f].effects;
    for (let r = 0; r < q; r++) for (let c = 0; c <= r; c++) Lambda[r * q + c] = r === c ? 0.7 : 0.2;
  });
  return values;
}

/** The dense n x (all effects) matrix Z, factor by factor, level-major. */
export function denseZ(design: Design): number[][] {
  const [part] = design.predictors;
  return Array.from({ length: design.rows }, (_, i) =>
    part.factors.flatMap(({ levels, levelIndex }, f) => {
      const terms = part.randomTerms.filter((term) => term.factor === f);
      const z = terms.flatMap((term) => term.coefficients.map((__, c) => term.Z[c * design.rows + i]));
      return levels.flatMap((__, j) => z.map((value) => (levelIndex[i] === j ? value : 0)));
    }),
  );
}

export type LambdaKind = "regular" | "zero" | "singular";

/** A lower triangular Lambda for each factor, block diagonal in its terms; singular: the last effect of each term is one of the others. */
export function randomLambda({ factors }: LatentGaussian, kind: LambdaKind, seed: number): Float64Array[] {
  const next = uniforms(seed);
  return factors.map(({ effects: q, terms }) => {
    const Lambda = new Float64Array(q * q);
    let start = 0;
    for (const size of terms) {
      for (let r = start; r < start + size; r++)
        for (let c = start; c <= r; c++) {
          const value = r === c ? 0.6 + 0.5 * Math.abs(next()) : next();
          const isNull = kind === "zero" || (kind === "singular" && r === c && r === start + size - 1);
          Lambda[r * q + c] = isNull ? 0 : value;
        }
      start += size;
    }
    return Lambda;
  });
}
