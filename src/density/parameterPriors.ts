import type { Design } from "../design/Design.js";
import { predictorPrefix } from "../design/predictorName.js";
import { supports } from "../family/supports.js";
import { beta } from "../prior/beta.js";
import { flat } from "../prior/flat.js";
import type { Univariate } from "../prior/Prior.js";
import { truncate } from "../prior/truncate.js";
import type { Transform } from "../transform/Transform.js";
import { transformFor } from "../transform/transforms.js";
import { type Hyperparameters, hyperparameters } from "./Hyperparameters.js";
import type { Interval, ParameterKind } from "./LatentGaussian.js";
import { scalarKinds } from "./quantities.js";
import type { ModelPriors, PredictorPriors, ScalarPrior, TermPriors, UsedPrior } from "./resolvePriors.js";

/** The prior of one number of a model. */
export interface ParameterPrior {
  /** What the prior is on, as results name it: "beta[x]", "intercept" (at the covariates' means), "cor[g, Intercept, x]". */
  readonly name: string;
  readonly used: UsedPrior;
  /** Whether it favours some values over others: a flat prior does not, and lkj(eta) favours small correlations for eta > 1 only. */
  readonly isInformative: boolean;
  readonly kind: ParameterKind;
  /** The prior density of the number on its own scale; of a correlation its marginal under the lkj prior. */
  readonly density: Univariate;
  /** Where a position holds the number; null where it is a function of several coordinates. */
  readonly coordinate: number | null;
  /** Between the number and the scale that it is sampled on. */
  readonly transform: Transform;
}

/** The priors of a model one by one. */
export interface ParameterPriors {
  readonly priors: readonly ParameterPrior[];
  /** The numbers that the priors are on, in their order and on their own scales, at an unconstrained position of the model. */
  valuesAt(position: Float64Array): Float64Array;
  /** The model's priors with one of them made flat; of correlations, that of the whole matrix. */
  without(k: number): ModelPriors;
}

interface Entry extends ParameterPrior {
  read(hyper: Hyperparameters): number;
  without(): ModelPriors;
}

export function parameterPriors(design: Design, priors: ModelPriors): ParameterPriors {
  const hyper = hyperparameters(priors);
  let size = 0;
  const next: NextCoordinate = (count) => {
    size += count;
    return size - count;
  };
  const free = design.scalars.filter(({ fixed }) => fixed === null);
  const entries: Entry[] = [
    ...priors.predictors.flatMap((_, k) => predictorEntries(design, priors, k, next)),
    ...priors.scalars.map((prior, k) => ({
      ...scalarEntry(prior, scalarKinds[free[k].support], next(1)),
      read: ({ scalars }: Hyperparameters) => scalars[k],
      without: () => ({ ...priors, scalars: replaced(priors.scalars, k, flattened(prior, supports[free[k].support])) }),
    })),
  ];
  return {
    priors: entries,
    valuesAt(position) {
      hyper.read(position);
      return Float64Array.from(entries, ({ read }) => read(hyper));
    },
    without: (k) => entries[k].without(),
  };
}

/** The first of so many coordinates of a position, which stand in the order of `hyperparameters`. */
type NextCoordinate = (count: number) => number;

function predictorEntries(design: Design, priors: ModelPriors, k: number, next: NextCoordinate): Entry[] {
  const own = priors.predictors[k];
  const { intercept, coefficients, terms } = own;
  const withPart = (part: Partial<PredictorPriors>): ModelPriors => ({
    ...priors,
    predictors: replaced(priors.predictors, k, { ...own, ...part }),
  });
  const fixed = coefficients.flatMap((coefficient, column) => {
    const prior = coefficient ?? intercept?.prior;
    if (prior === undefined) return [];
    const flatPrior = () => flattened(prior, supports.real);
    return {
      ...scalarEntry(prior, "coefficient", next(1)),
      read: ({ predictors }: Hyperparameters) => predictors[k].beta[column],
      without: () =>
        coefficient === null && intercept !== null
          ? withPart({ intercept: { ...intercept, prior: flatPrior() } })
          : withPart({ coefficients: replaced(coefficients, column, flatPrior()) }),
    };
  });
  const random = terms.flatMap((term, t) => {
    const { factor, coefficients: names } = design.predictors[k].randomTerms[t];
    const group = `${predictorPrefix(design, k)}cor[${design.predictors[k].factors[factor].name}`;
    const changed = (part: Partial<TermPriors>) => withPart({ terms: replaced(terms, t, { ...term, ...part }) });
    const sds = term.sds.flatMap((prior, effect) => {
      if (prior === null) return [];
      const coordinate = next(1);
      return {
        ...scalarEntry(prior, "sd", term.recoding === null ? coordinate : null),
        read: ({ predictors }: Hyperparameters) => predictors[k].terms[t].sds[effect],
        without: () => changed({ sds: replaced(term.sds, effect, flattened(prior, supports.positive)) }),
      };
    });
    if (term.cor !== null) next((names.length * (names.length - 1)) / 2);
    return [...sds, ...correlationEntries(term, names, { group, k, t, changed })];
  });
  return [...fixed, ...random];
}

function scalarEntry(
  { used, density, transform }: ScalarPrior,
  kind: ParameterKind,
  coordinate: number | null,
): ParameterPrior {
  const name = used.name.replace(/\b(var|precision)\[/, "sd[");
  return { name, used, isInformative: used.proper, kind, density, coordinate, transform };
}

interface PlaceOfTerm {
  readonly group: string;
  readonly k: number;
  readonly t: number;
  changed(part: Partial<TermPriors>): ModelPriors;
}

/** Under lkj(eta) a correlation r of q effects has (1 + r) / 2 ~ beta(a, a) with a = eta - 1 + q / 2 (Lewandowski, Kurowicka & Joe 2009). */
function correlationEntries({ cor }: TermPriors, names: readonly string[], place: PlaceOfTerm): Entry[] {
  if (cor === null) return [];
  const { group, k, t, changed } = place;
  const shape = cor.eta - 1 + names.length / 2;
  const density = onCorrelations(beta.make([shape, shape]));
  return names.flatMap((a, r) =>
    names.slice(r + 1).map((b, c) => ({
      name: `${group}, ${a}, ${b}]`,
      used: cor.used,
      isInformative: cor.eta > 1,
      kind: "correlation" as const,
      density,
      coordinate: null,
      transform: transformFor(-1, 1),
      read: ({ predictors }: Hyperparameters) => correlationOf(predictors[k].terms[t], r, r + 1 + c),
      without: () => changed({ cor: { ...cor, eta: 1 } }),
    })),
  );
}

function correlationOf({ size, correlation: L }: { size: number; correlation: Float64Array }, r: number, s: number) {
  let total = 0;
  for (let c = 0; c <= r; c++) total += L[r * size + c] * L[s * size + c];
  return total;
}

function replaced<T>(list: readonly T[], at: number, value: T): T[] {
  return list.map((own, k) => (k === at ? value : own));
}

/** The distribution of 2 y - 1. */
function onCorrelations(ofY: Univariate): Univariate {
  const y = (r: number) => 0.5 * (1 + r);
  return {
    lower: -1,
    upper: 1,
    proper: true,
    logDensity: (r) => ofY.logDensity(y(r)) - Math.LN2,
    derivative: (r) => 0.5 * ofY.derivative(y(r)),
    logProbability: (lower, upper) => ofY.logProbability(y(lower), y(upper)),
    quantile: (probability) => 2 * ofY.quantile(probability) - 1,
  };
}

/** The flat prior on an interval, sampled in the same unit where that has one. */
function flattened({ used, stated, density, transform }: ScalarPrior, { lower, upper }: Interval): ScalarPrior {
  const isWhole = density.lower === lower && density.upper === upper;
  const constant = truncate(flat.make([]), lower, upper);
  return {
    used: { ...used, distribution: "flat()", truncatedTo: null, proper: false },
    stated: { ...stated, distribution: flat, arguments: [], density: () => constant },
    density: constant,
    transform: isWhole ? transform : transformFor(lower, upper),
  };
}
