import type { Design, RandomTerm } from "../../design/Design.js";
import type { MlFit } from "../../fit/MlFit.js";
import { createStream } from "../../math/random/createStream.js";
import type { Steps } from "../../math/steps.js";
import { ComparisonError } from "../ComparisonError.js";
import type { Relation } from "./Comparison.js";
import { modelSpace } from "./ModelSpace.js";
import { referredTo, type SimulatedReference } from "./SimulatedReference.js";
import { beyondSpan, type Column } from "./span.js";
import { tableOrder } from "./tableOrder.js";
import { varianceNull } from "./varianceNull.js";
import { varianceNullDraws } from "./varianceNullDraws.js";

type Nested = Extract<Relation, { kind: "nested" }>;

/**
 * The exact distribution of the test of one variance in a linear mixed model, which may hold fixed effects too. Where the smaller model has other random effects, that of a model without these, which is
 * close to it (Greven, Crainiceanu, Küchenhoff & Peters 2008). Throws ComparisonError for other tests.
 */
export function* exactReference(
  statistic: number,
  [smaller, larger]: readonly [MlFit, MlFit],
  relation: Nested,
  { replicates, seed }: { readonly replicates: number; readonly seed: number | string },
): Steps<SimulatedReference> {
  const { term, held } = testedVariance(smaller, larger, relation);
  const setting = varianceNull(larger.design, term, larger.ml.reml ? null : held);
  if (setting === null) return refuse("the factor has too many levels, whose numbers of rows differ");
  yield;
  const draws = yield* varianceNullDraws(setting, replicates, createStream(`${seed}:exact`, 1));
  const isApproximate = hasEffects(smaller);
  return referredTo(statistic, draws, { kind: "exact", isApproximate, failed: 0, untrusted: 0 });
}

function refuse(why: string): never {
  throw new ComparisonError(
    `the exact distribution of the test is not to be had: ${why}; --reference bootstrap (reference "bootstrap") serves any test`,
  );
}

function hasEffects({ design }: MlFit): boolean {
  return design.predictors[0].randomTerms.length > 0;
}

/** The term of the larger model whose variance is tested, and how many fixed effects are held besides. */
function testedVariance(
  smaller: MlFit,
  larger: MlFit,
  { restrictions }: Nested,
): { readonly term: RandomTerm; readonly held: number } {
  const { response, scalars, predictors } = larger.design;
  if (larger.ml.method !== "lmm") return refuse("it is that of linear mixed models, by the method lmm");
  if (response.errors !== null || predictors.length > 1 || scalars.some(({ fixed }) => fixed !== null))
    return refuse("the variance of the rows is not a free sigma alone");
  const [tested, ...rest] = restrictions.filter(({ boundaryDimensions }) => boundaryDimensions > 0);
  if (tested === undefined || rest.length > 0 || tested.boundaryDimensions !== 1 || tested.freeDimensions !== 0)
    return refuse("it is that of a test of one variance, of effects that are correlated with no others");
  const held = restrictions.reduce((sum, { freeDimensions }) => sum + freeDimensions, 0);
  if (hasEffects(smaller) && held > 0) return refuse("fixed effects are tested too, beside other random effects");
  const [term, ...others] = addedTerms(smaller, larger);
  if (term === undefined || others.length > 0 || term.coefficients.length !== 1 || term.held !== undefined)
    return refuse("the models do not differ in one random term alone");
  return { term, held };
}

/** The random terms of the larger model whose effects the smaller has not. */
function addedTerms(smaller: MlFit, larger: MlFit): RandomTerm[] {
  const [own, other] = [smaller, larger].map(({ design, compiled }) => modelSpace(design, compiled.family));
  const [{ factors, randomTerms }] = larger.design.predictors;
  return randomTerms.filter((term) => {
    const space = other.factors.find(({ name }) => name === factors[term.factor].name);
    const twin = own.factors.find(({ partition }) => partition.every((level, i) => level === space?.partition[i]));
    return beyondSpan(effectColumns(term, larger.design), twin?.terms.flat() ?? []).length > 0;
  });
}

function effectColumns({ coefficients, Z }: RandomTerm, design: Design): Column[] {
  const order = tableOrder(design);
  return coefficients.map((name, j) => ({ name, values: Float64Array.from(order, (k) => Z[j * design.rows + k]) }));
}
