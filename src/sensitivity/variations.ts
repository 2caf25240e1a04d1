import { SensitivityError } from "./SensitivityError.js";

/** A prior that takes the place of others: its target, and what it may be, as statements have them. */
export interface Variation {
  /** `sd`, `beta[post]` */
  readonly target: string;
  /** `half_normal(1)`, one for each point of a grid. */
  readonly distributions: readonly string[];
}

/** More combinations are a slip of the hand. */
const MOST = 10_000;

/**
 * A variation by its text: "sd ~ half_normal(1) | exponential(1)", a number in it possibly a grid: `0.5:5:10`, ten numbers from 0.5 to 5, or `{0.5, 1, 2}`.
 * Distributions and their numbers are not looked at. Throws SensitivityError.
 */
export function parseVariation(text: string): Variation {
  const [target, given] = cutOnce(text, "~");
  if (given === null || target.trim() === "") throw unreadable(text, "");
  const distributions = cut(given, "|").flatMap((alternative) => {
    const call = /^\s*([A-Za-z][\w.]*)\s*\((.*)\)\s*$/s.exec(alternative);
    if (call === null) throw unreadable(text, alternative.trim());
    const [, name, inside] = call;
    const numbers = inside.trim() === "" ? [] : cut(inside, ",").map((one) => gridOf(one.trim(), text));
    return combined(numbers).map((chosen) => `${name}(${chosen.join(", ")})`);
  });
  return { target: target.trim().replaceAll(/\s*,\s*/g, ", "), distributions };
}

/** All combinations of the variations, each a list of statements: `sd ~ half_normal(1)`. Throws SensitivityError where there are too many, or where two are of one target. */
export function combinations(variations: readonly Variation[]): string[][] {
  const targets = variations.map(({ target }) => target);
  const twice = targets.find((target, k) => targets.indexOf(target) < k);
  if (twice !== undefined)
    throw new SensitivityError(
      "bad-variation",
      `${twice} is varied twice`,
      `write all of its priors in one variation, with | between them`,
    );
  const statements = variations.map(({ target, distributions }) =>
    distributions.map((distribution) => `${target} ~ ${distribution}`),
  );
  return combined(statements);
}

/** One of each list, in all ways. */
function combined(lists: readonly (readonly string[])[]): string[][] {
  const count = lists.reduce((product, { length }) => product * length, 1);
  if (count > MOST)
    throw new SensitivityError(
      "bad-variation",
      `${count} combinations of priors`,
      `vary fewer at a time: at most ${MOST}`,
    );
  return lists.reduce<string[][]>((all, list) => all.flatMap((one) => list.map((each) => [...one, each])), [[]]);
}

/** The numbers that a text stands for, each as a statement has it. */
function gridOf(written: string, text: string): string[] {
  if (written.startsWith("{") && written.endsWith("}")) return cut(written.slice(1, -1), ",").map((one) => one.trim());
  const parts = written.split(":").map((part) => part.trim());
  if (parts.length === 1) return [written];
  const [from, to, count] = parts.map(Number);
  const isGrid = parts.length === 3 && parts.every((part) => part !== "") && [from, to].every(Number.isFinite);
  if (!isGrid || !Number.isInteger(count) || count < 2 || count > MOST)
    throw new SensitivityError(
      "bad-variation",
      `cannot read the grid "${written}" in "${text}"`,
      "write from:to:count, as in 0.5:5:10, ten numbers from 0.5 to 5; or the numbers themselves, as in {0.5, 1, 2}",
    );
  return Array.from({ length: count }, (_, k) =>
    String(Number((from + ((to - from) * k) / (count - 1)).toPrecision(12))),
  );
}

function unreadable(text: string, part: string): SensitivityError {
  const where = part === "" || part === text.trim() ? "" : `"${part}" of `;
  return new SensitivityError(
    "bad-variation",
    `cannot read ${where}the variation "${text}"`,
    'write a target and its priors, as in "sd ~ half_normal(1) | exponential(1)", or with a grid, as in "beta ~ normal(0, 0.5:5:10)"',
  );
}

/** At the first separator outside of brackets; null where there is none. */
function cutOnce(text: string, separator: string): [string, string | null] {
  const [first, ...rest] = cut(text, separator);
  return [first, rest.length === 0 ? null : rest.join(separator)];
}

/** At separators outside of brackets. */
function cut(text: string, separator: string): string[] {
  const parts = [""];
  let depth = 0;
  for (const character of text) {
    if ("([{".includes(character)) depth++;
    if (")]}".includes(character)) depth--;
    if (character === separator && depth === 0) parts.push("");
    else parts[parts.length - 1] += character;
  }
  return parts;
}
