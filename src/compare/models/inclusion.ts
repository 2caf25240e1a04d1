import { heldInclusion } from "./heldInclusion.js";
import { constantColumn, dispersionOf, type FactorSpace, type ModelSpace, type PredictorSpace } from "./ModelSpace.js";
import type { Inclusion, Restriction } from "./Restriction.js";
import { beyondSpan, type Column } from "./span.js";

/**
 * Whether `smaller` is a special case of `larger`, told from the spaces that they span: both are of the same rows. Random effects are
 * held against one another factor by factor: what is nested across factors, as (1 | g) + (1 | g:f) in (0 + f | g), is not found.
 */
export function inclusion(smaller: ModelSpace, larger: ModelSpace): Inclusion {
  return joined([
    familyInclusion(smaller, larger),
    predictorInclusion(smaller.mean, larger.mean, ""),
    ...dispersionPairs(smaller, larger).map(([s, l]) => predictorInclusion(s, l, ` on ${l.parameter}`)),
    ...smaller.factors.map((factor) => isMissing(factor, larger)),
    ...larger.factors.map((factor) => factorInclusion(twin(factor, smaller), factor)),
  ]);
}

const nothing: Inclusion = { restrictions: [], obstacles: [] };
const obstacle = (what: string): Inclusion => ({ restrictions: [], obstacles: [what] });

function joined(parts: readonly Inclusion[]): Inclusion {
  return {
    restrictions: parts.flatMap(({ restrictions }) => restrictions),
    obstacles: parts.flatMap(({ obstacles }) => obstacles),
  };
}

/** A family is another at the end of the range of its scalar dispersion, as Poisson is the negative binomial. */
function familyInclusion(smaller: ModelSpace, larger: ModelSpace): Inclusion {
  if (smaller.family.name === larger.family.name) return nothing;
  const isLimit =
    larger.family.limit === smaller.family.name &&
    larger.dispersions.every(({ link, columns }) => link === null && columns.length === 1);
  if (!isLimit) return obstacle(`the family ${smaller.family.name}`);
  const restriction = { what: `a finite ${dispersionOf(larger.family)}`, freeDimensions: 0, boundaryDimensions: 1 };
  return { restrictions: [restriction], obstacles: [] };
}

/** The dispersions that both models have; their families tell of the others. */
function dispersionPairs(smaller: ModelSpace, larger: ModelSpace): [PredictorSpace, PredictorSpace][] {
  return smaller.dispersions.flatMap((own) => {
    const other = larger.dispersions.find(({ parameter }) => parameter === own.parameter);
    return other === undefined ? [] : [[own, other]];
  });
}

/** offset + span of the columns: `where` says of which parameter, if not of the mean. */
function predictorInclusion(smaller: PredictorSpace, larger: PredictorSpace, where: string): Inclusion {
  if (!hasLink(smaller, larger)) return obstacle(`the link ${smaller.link ?? "of a scalar"}${where}`);
  const missing = beyondSpan(smaller.columns, larger.columns);
  if (missing.length > 0) return obstacle(coefficients(missing, smaller, where));
  if (beyondSpan([shift(smaller, larger)], larger.columns).length > 0)
    return obstacle(smaller.link === null ? `a ${smaller.parameter} held elsewhere` : `an offset of its own${where}`);
  const added = beyondSpan(larger.columns, smaller.columns);
  if (added.length === 0) return nothing;
  const what = coefficients(added, larger, where);
  return { restrictions: [{ what, freeDimensions: added.length, boundaryDimensions: 0 }], obstacles: [] };
}

/** A scalar is a constant predictor under any link. */
function hasLink(smaller: PredictorSpace, larger: PredictorSpace): boolean {
  if (smaller.link === larger.link) return true;
  const isScalar = smaller.link === null || larger.link === null;
  return isScalar && beyondSpan([constantColumn(larger.offset.length)], larger.columns).length === 0;
}

function shift(smaller: PredictorSpace, larger: PredictorSpace): Column {
  return { name: "offset", values: smaller.offset.map((value, i) => value - larger.offset[i]) };
}

function coefficients(columns: readonly Column[], { link, parameter }: PredictorSpace, where: string): string {
  if (link === null) return `a free ${parameter}`;
  return `the fixed effect${columns.length === 1 ? "" : "s"} of ${listed(columns)}${where}`;
}

function listed(columns: readonly Column[]): string {
  return columns.map(({ name }) => name).join(", ");
}

function twin({ partition }: FactorSpace, { factors }: ModelSpace): FactorSpace | undefined {
  return factors.find((factor) => factor.partition.every((level, i) => level === partition[i]));
}

function isMissing(factor: FactorSpace, larger: ModelSpace): Inclusion {
  return twin(factor, larger) === undefined ? obstacle(`random effects over ${factor.name}`) : nothing;
}

/**
 * Covariances Z G Z' of the terms of a factor: those of a term of the smaller model are among those of one term of the larger that
 * spans its covariates.
 */
function factorInclusion(own: FactorSpace | undefined, larger: FactorSpace): Inclusion {
  const { restrictions, obstacles, free } = heldInclusion(own?.heldTerms ?? [], larger);
  return joined([{ restrictions, obstacles }, freeInclusion(own?.terms ?? [], { ...larger, terms: free })]);
}

function freeInclusion(smaller: FactorSpace["terms"], { name, terms }: Pick<FactorSpace, "name" | "terms">): Inclusion {
  if ([smaller, terms].some((model) => beyondSpan(model.flat(), []).length < model.flat().length))
    return obstacle(`random effects over ${name} that are linearly dependent, so that nesting cannot be told`);
  const hosts = smaller.map((term) => terms.findIndex((host) => beyondSpan(term, host).length === 0));
  const homeless = smaller.filter((_, k) => hosts[k] < 0).map((term) => homelessTerm(term, terms.flat(), name));
  return joined([
    ...homeless,
    ...terms.map((term, t) =>
      termInclusion(
        smaller.filter((_, k) => hosts[k] === t),
        term,
        name,
      ),
    ),
  ]);
}

function homelessTerm(term: readonly Column[], all: readonly Column[], factor: string): Inclusion {
  const missing = beyondSpan(term, all);
  if (missing.length > 0) return obstacle(`random effects of ${listed(missing)} over ${factor}`);
  return obstacle(`a covariance of the random effects of ${listed(term)} over ${factor} that is not one of any term`);
}

/**
 * One covariance matrix G of q effects, of which `parts` hold m in independent blocks. Where m < q, G at the smaller model is
 * singular, and what lies around it is a cone: a positive semi-definite block of the q - m effects left out, free otherwise.
 */
function termInclusion(parts: FactorSpace["terms"], term: readonly Column[], factor: string): Inclusion {
  const kept = parts.flat();
  const added = beyondSpan(term, kept);
  const [m, k] = [kept.length, added.length];
  const correlations = triangle(m) - parts.reduce((sum, { length }) => sum + triangle(length), 0);
  const restrictions: Restriction[] = [];
  if (correlations > 0) {
    const what = `the correlation${correlations === 1 ? "" : "s"} of ${listed(kept)} over ${factor}`;
    restrictions.push({ what, freeDimensions: correlations, boundaryDimensions: 0 });
  }
  if (k > 0) {
    const tie = m === 0 ? "" : `, correlated with those of ${listed(kept)}`;
    const what = `the random effects of ${listed(added)} over ${factor}${tie}`;
    restrictions.push({ what, freeDimensions: m * k, boundaryDimensions: triangle(k) });
  }
  return { restrictions, obstacles: [] };
}

/** Entries of the lower triangle of a symmetric matrix. */
function triangle(size: number): number {
  return (size * (size + 1)) / 2;
}
