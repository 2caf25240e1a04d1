import type { PriorAtDraws, ReadDraws } from "../density/priorsAtDraws.js";
import type { RowsAtDraws } from "../density/rowsAtDraws.js";
import type { PriorStatement } from "../language/ast.js";
import { printTarget } from "../language/printer.js";
import { isDue, type Steps } from "../math/steps.js";
import type { JointDraws } from "../posterior/jointDraws.js";
import type { ScaledComponent } from "../summary/Sensitivity.js";

/** Priors that one statement makes, or a default. */
export interface StatementAtDraws extends Pick<ScaledComponent, "name" | "distribution" | "origin"> {
  readonly priors: readonly PriorAtDraws[];
  /** The statistic of each prior at the draws. */
  readonly statistics: readonly Float64Array[];
}

/** A part of the posterior's log density at each of S draws. */
export interface ComponentAtDraws extends Omit<ScaledComponent, "paretoK"> {
  readonly logDensity: Float64Array;
}

/** The priors by the statements that they come from, in the order of the model; each default by itself. */
export function statementsAtDraws(priors: readonly PriorAtDraws[], read: ReadDraws): StatementAtDraws[] {
  const groups = new Map<PriorStatement | PriorAtDraws, PriorAtDraws[]>();
  for (const prior of priors) {
    const key = prior.statement ?? prior;
    groups.set(key, [...(groups.get(key) ?? []), prior]);
  }
  return [...groups.values()].map((group) => {
    const [{ used, statement }] = group;
    const isJoint = group.length > 1 && statement !== null;
    return {
      name: isJoint ? printTarget(statement.target) : used.name,
      distribution: used.distribution,
      origin: used.origin,
      priors: group,
      statistics: group.map((prior) => prior.statistic(read)),
    };
  });
}

/** All priors together, then each statement with the priors of which it has several, then the likelihood. */
export function* componentsAtDraws(
  statements: readonly StatementAtDraws[],
  rows: RowsAtDraws,
  draws: JointDraws,
): Steps<ComponentAtDraws[]> {
  const own = statements.flatMap(({ name, distribution, origin, priors, statistics }): ComponentAtDraws[] => {
    const parts = priors.map((prior, k): ComponentAtDraws => {
      const { used } = prior;
      const facts = { name: used.name, distribution: used.distribution, origin: used.origin, covers: [used.name] };
      return { kind: "prior", ...facts, logDensity: prior.logDensity(statistics[k]) };
    });
    const covers = priors.map(({ used }) => used.name);
    const whole = { name, distribution, origin, covers, logDensity: sumOf(parts, draws.count) };
    return [{ kind: "statement", ...whole }, ...(parts.length > 1 ? parts : [])];
  });
  const stated = own.filter(({ kind }) => kind === "statement");
  const none = { distribution: null, origin: null };
  return [
    {
      kind: "priors",
      name: "all priors",
      ...none,
      covers: stated.flatMap(({ covers }) => covers),
      logDensity: sumOf(stated, draws.count),
    },
    ...own,
    {
      kind: "likelihood",
      name: "likelihood",
      ...none,
      covers: [],
      logDensity: yield* logLikelihoods(rows, draws),
    },
  ];
}

function sumOf(parts: readonly ComponentAtDraws[], count: number): Float64Array {
  const total = new Float64Array(count);
  for (const { logDensity } of parts) for (let s = 0; s < count; s++) total[s] += logDensity[s];
  return total;
}

/** log p(y | parameters, random effects) at each draw; likelihood weights count. */
function* logLikelihoods(rows: RowsAtDraws, draws: JointDraws): Steps<Float64Array> {
  const draw = new Float64Array(draws.length);
  const logLikelihoodAt = logLikelihood(rows);
  const total = new Float64Array(draws.count);
  for (let s = 0; s < draws.count; s++) {
    if (isDue(s, rows.rows)) yield { stage: "computing the likelihood at the draws", done: s, total: draws.count };
    draws.copy(s, draw);
    total[s] = logLikelihoodAt(draw);
  }
  return total;
}

/** Of a draw; loops over rows are slow in a generator. */
function logLikelihood(rows: RowsAtDraws): (draw: Float64Array) => number {
  const at = rows.drawnRows();
  const out = rows.derivatives();
  return (draw) => {
    rows.read(draw, at);
    let total = 0;
    for (let i = 0; i < rows.rows; i++) {
      rows.evaluate(i, at, 0, out);
      total += out.value;
    }
    return total;
  };
}
