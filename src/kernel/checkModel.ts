import type { KernelFactor, KernelModel } from "./KernelModel.js";

/** Throws RangeError unless every array has the length it must have and every level exists: the module itself checks nothing. */
export function checkModel(model: KernelModel, needsTrials: boolean): void {
  const { rows, columns, kernel } = model;
  requireCount("rows", rows, 1);
  requireCount("columns", columns, 0);
  requireLength("X", model.X, rows * columns);
  requireLength("response", model.response, rows);
  if (model.offset !== null) requireLength("offset", model.offset, rows);
  if (needsTrials !== (model.trials !== null)) {
    throw new RangeError(`kernel "${kernel}" takes ${needsTrials ? "an array of" : "no"} trials`);
  }
  if (model.trials !== null) requireLength("trials", model.trials, rows);
  model.factors.forEach((factor, k) => {
    checkFactor(`factor ${k}`, factor, rows);
  });
}

function checkFactor(name: string, { levels, effects, levelIndex, Z }: KernelFactor, rows: number): void {
  requireCount(`levels of ${name}`, levels, 1);
  requireCount(`effects of ${name}`, effects, 1);
  requireLength(`levelIndex of ${name}`, levelIndex, rows);
  if (Z !== null) requireLength(`Z of ${name}`, Z, rows * effects);
  else if (effects !== 1) throw new RangeError(`Z of ${name} may be null for one effect only, not for ${effects}`);
  const row = levelIndex.findIndex((level) => level < 0 || level >= levels);
  if (row >= 0) throw new RangeError(`levelIndex of ${name} is ${levelIndex[row]} in row ${row}, not below ${levels}`);
}

function requireCount(name: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least)
    throw new RangeError(`${name} must be an integer from ${least}, not ${value}`);
}

export function requireLength(name: string, array: ArrayLike<number>, length: number): void {
  if (array.length !== length) throw new RangeError(`${name} must have length ${length}, not ${array.length}`);
}
