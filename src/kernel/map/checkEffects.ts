import { requireLength } from "../checkModel.js";
import type { PredictorMemory } from "../PredictorMemory.js";
import type { Coupling, EffectsModel, FactorReference, GenerationReference, StageReference } from "./EffectsModel.js";

/** Throws RangeError unless every array has the length it must have and every level exists: the module itself checks nothing. */
export function checkEffects({ factors, stages }: EffectsModel, { beta, effects }: PredictorMemory): void {
  if (effects.length !== factors.length)
    throw new RangeError(`a predictor of ${effects.length} factors has no room for ${factors.length}`);
  factors.forEach((factor, f) => {
    requireLength(`effects of factor ${f}`, effects[f], factor.levels * factor.effects);
    checkFactor(f, factors, beta.length);
  });
  const later = stages.map((_, s) => stages.slice(s + 1).flatMap(factorsOf));
  stages.forEach((stage, s) => {
    checkStage(stage, factors);
    for (const f of factorsOf(stage))
      for (const { factor } of factors[f].couplings)
        if (!later[s].includes(factor))
          throw new RangeError(`factor ${f} is coupled to ${factor}, which no later stage has`);
  });
}

function factorsOf(stage: StageReference): number[] {
  return stage.kind === "tree" ? stage.generations.map(({ factor }) => factor) : [stage.factor];
}

function checkFactor(f: number, factors: readonly FactorReference[], columns: number): void {
  const { levels, effects, r, A, couplings } = factors[f];
  const size = levels * effects;
  requireLength(`r of factor ${f}`, r, size);
  requireLength(`A of factor ${f}`, A, size * columns);
  for (const coupling of couplings)
    checkCoupling(`the coupling of factors ${f} and ${coupling.factor}`, coupling, f, factors);
}

function checkCoupling(
  name: string,
  { factor, start, levels, blocks }: Coupling,
  f: number,
  factors: readonly FactorReference[],
): void {
  const [{ levels: J, effects: q }, other] = [factors[f], factors[factor]];
  requireLength(`starts of ${name}`, start, J + 1);
  if (start.some((at, j) => at < (j === 0 ? 0 : start[j - 1])) || start[0] !== 0 || start[J] !== levels.length)
    throw new RangeError(`starts of ${name} must go from 0 up to ${levels.length}`);
  requireLevels(`levels of ${name}`, levels, other.levels);
  requireLength(`blocks of ${name}`, blocks, levels.length * q * other.effects);
  requireLength(`mode of factor ${factor}`, other.mode, other.levels * other.effects);
}

function checkStage(stage: StageReference, factors: readonly FactorReference[]): void {
  if (stage.kind === "tree") {
    stage.generations.forEach((generation, g) => {
      checkGeneration(generation, stage.generations.slice(g + 1), factors);
    });
    return;
  }
  const { levels, effects } = factors[stage.factor];
  const size = levels * effects;
  if (stage.kind === "dense") requireLength(`curvature of factor ${stage.factor}`, stage.curvature, size * size);
  else {
    requireLength(`eigenvalues of factor ${stage.factor}`, stage.eigenvalues, size);
    requireLength(`eigenvectors of factor ${stage.factor}`, stage.eigenvectors, levels * size);
  }
}

function checkGeneration(
  { factor, ancestors, curvature }: GenerationReference,
  later: readonly GenerationReference[],
  factors: readonly FactorReference[],
): void {
  const { levels, effects } = factors[factor];
  const width = ancestors.reduce((sum, other) => sum + factors[other.factor].effects, effects);
  requireLength(`curvature of factor ${factor}`, curvature, levels * width * width);
  let most = levels;
  for (const [a, other] of ancestors.entries()) {
    const name = `levels of ancestor ${a} of factor ${factor}`;
    if (later.at(a)?.factor !== other.factor)
      throw new RangeError(`ancestors of factor ${factor} must be all that follow it in its stage`);
    if (factors[other.factor].levels > most) throw new RangeError(`${name} are more than those below it`);
    most = factors[other.factor].levels;
    requireLength(name, other.levelIndex, levels);
    requireLevels(name, other.levelIndex, most);
  }
}

function requireLevels(name: string, index: Int32Array, levels: number): void {
  const bad = index.find((level) => level < 0 || level >= levels);
  if (bad !== undefined) throw new RangeError(`${name} have ${bad}, not below ${levels}`);
}
