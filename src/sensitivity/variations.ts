import { SensitivityError } from "./SensitivityError.js";
import { cut, type Piece, trimmed, typedPart, type VariedStatement } from "./typedParts.js";

/** A prior that takes the place of others: its target, and the statements that it may be, one for each point of a grid. */
export interface Variation {
  /** `sd`, `beta[post]` */
  readonly target: string;
  readonly statements: readonly VariedStatement[];
}

/** More combinations are a slip of the hand. */
const MOST = 10_000;

/**
 * A variation by its text: "sd ~ half_normal(1) | exponential(1)", a number in it possibly a grid: `0.5:5:10`, ten numbers from 0.5 to 5, or `{0.5, 1, 2}`.
 * Distributions and their numbers are not looked at. Throws SensitivityError.
 */
export function parseVariation(text: string): Variation {
  const [first, ...others] = cut({ text, start: 0 }, "~");
  if (others.length === 0 || first.text.trim() === "") throw unreadable(text, "");
  const target = first.text.trim().replaceAll(/\s*,\s*/g, ", ");
  const given = { text: text.slice(others[0].start), start: others[0].start };
  const left = typedPart(text, trimmed(first).start, given.start);
  const statements = cut(given, "|").flatMap((alternative) =>
    distributionsOf(trimmed(alternative), text).map(({ name, parts }) => {
      return { name: `${target} ~ ${name}`, parts: [left, ...parts], typed: text };
    }),
  );
  return { target, statements };
}

/** A distribution with each of the numbers that its arguments stand for. */
function distributionsOf(written: Piece, typed: string): Pick<VariedStatement, "name" | "parts">[] {
  const call = /^([A-Za-z][\w.]*)\s*\((.*)\)$/s.exec(written.text);
  if (call === null) throw unreadable(typed, written.text);
  const [, name, inside] = call;
  const end = written.start + written.text.length;
  const list = { text: inside, start: end - 1 - inside.length };
  const numbers = inside.trim() === "" ? [] : cut(list, ",").map(trimmed);
  return combined(numbers.map(({ text }) => gridOf(text, typed))).map((chosen) => {
    const parts = numbers.flatMap(({ text, start }, k) => [
      typedPart(typed, k === 0 ? written.start : numbers[k - 1].start + numbers[k - 1].text.length, start),
      { text: chosen[k], start, end: start + text.length },
    ]);
    const rest = typedPart(typed, parts.at(-1)?.end ?? written.start, end);
    return { name: `${name}(${chosen.join(", ")})`, parts: [...parts, rest] };
  });
}

/** All combinations of the variations, each a list of statements. Throws SensitivityError where there are too many, or where two are of one target. */
export function combinations(variations: readonly Variation[]): VariedStatement[][] {
  const targets = variations.map(({ target }) => target);
  const twice = targets.find((target, k) => targets.indexOf(target) < k);
  if (twice !== undefined)
    throw new SensitivityError(
      "bad-variation",
      `${twice} is varied twice`,
      `write all of its priors in one variation, with | between them`,
    );
  return combined(variations.map(({ statements }) => statements));
}

/** One of each list, in all ways. */
function combined<T>(lists: readonly (readonly T[])[]): T[][] {
  const count = lists.reduce((product, { length }) => product * length, 1);
  if (count > MOST)
    throw new SensitivityError(
      "bad-variation",
      `${count} combinations of priors`,
      `vary fewer at a time: at most ${MOST}`,
    );
  return lists.reduce<T[][]>((all, list) => all.flatMap((one) => list.map((each) => [...one, each])), [[]]);
}

/** The numbers that a text stands for, each as a statement has it. */
function gridOf(written: string, text: string): string[] {
  if (written.startsWith("{") && written.endsWith("}"))
    return cut({ text: written.slice(1, -1), start: 0 }, ",").map((one) => one.text.trim());
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
