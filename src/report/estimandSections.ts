import type { Contrasts, EffectNumbers, EstimandNumbers, EstimandSetting, LevelsByName } from "../summary/Estimands.js";
import { finite, type JsonNumber } from "./jsonNumbers.js";
import { labelled, type TableColumn, wrap } from "./layout.js";
import { formatKnown, formatProbability, formatSignificant, formatStatistic, knownEstimate } from "./numbers.js";

/** What was computed of a fit, with wall-clock seconds. */
export interface EstimandReport<Result> {
  readonly result: Result;
  readonly seconds: { readonly read: number; readonly total: number };
}

/** How the numbers were taken, in words; `quantity`: of new responses, in the place of the mean. */
export function settingLines(setting: EstimandSetting, width: number, quantity: string | null = null): string[] {
  const { held, averaged, weights, average, offset, notes } = setting;
  const heldAt = held.map(({ name, value, how }) => `${name} = ${levelText(value)}${howText[how]}`);
  const over = averaged.map(({ name, levels }) => `${name} (${levels.map(levelText).join(", ")})`);
  return [
    ...labelled(
      [
        ["averaged", averageText(setting, quantity)],
        ["effects", effectsText(setting)],
        ...entry("at", heldAt.join(", ")),
        ...entry("over", over.length === 0 || average === "rows" ? "" : `${over.join(", ")}, with ${weights} weights`),
        ...entry("offset", offset === null ? "" : offsetText(offset, average)),
      ],
      width,
      2,
    ),
    ...notes.flatMap((note) => wrap(`note: ${note}`, width, 2)),
  ];
}

function entry(label: string, text: string): [string, string][] {
  return text === "" ? [] : [[label, text]];
}

function offsetText(
  { text, value }: NonNullable<EstimandSetting["offset"]>,
  average: EstimandSetting["average"],
): string {
  if (value !== null) return `${text} = ${levelText(value)} (mean)`;
  return average === "rows" ? `${text}, as each row has it` : `${text}, at these values`;
}

const howText = { mean: " (mean)", first: " (first level)", only: "", given: "" } as const;

/** What means on the scale that was asked for are of: "log(mean)". */
export function meanText(
  { scale, scaleName, link }: Pick<EstimandSetting, "scale" | "scaleName" | "link">,
  mean = "mean",
): string {
  if (scale === "mean") return mean;
  return scaleName ?? (link === "identity" ? mean : `${link}(${mean})`);
}

function averageText({ scale, scaleName, average, link }: EstimandSetting, quantity: string | null): string {
  if (quantity !== null) {
    if (average === "rows") return `${quantity} over the rows of the data`;
    return average === "mean"
      ? `${quantity} over the reference grid`
      : `linear predictors over the reference grid, then transformed to ${quantity}`;
  }
  const linkScale = scaleName === "latent scale" ? scaleName : `${link} scale`;
  const what = scale === "link" ? linkScale : "scale of the mean";
  if (link === "identity")
    return average === "rows" ? "means over the rows of the data" : "means over the reference grid";
  if (average === "rows") return `over the rows of the data, on the ${what}`;
  if (average === "mean" && scale === "mean") return "over the reference grid, on the scale of the mean";
  return `over the reference grid, on the ${linkScale}${scale === "link" ? "" : ", then transformed to means"}`;
}

const effectsTexts = {
  conditional: "conditional: those of the known levels",
  marginal: "marginal: the mean over all levels that there might be",
  zero: "zero: a typical level",
} as const;

function effectsText({ effects }: EstimandSetting): string {
  return effects === null ? "zero, which here is their mean" : effectsTexts[effects];
}

/** A value of a variable in four digits, a level as it is. */
export function levelText(level: number | string): string {
  return typeof level === "string" ? level : Number.isInteger(level) ? String(level) : formatSignificant(level, 4);
}

/** "a = a1, x = 2" */
export function cellName(levels: LevelsByName): string {
  return Object.entries(levels)
    .map(([name, level]) => `${name} = ${levelText(level)}`)
    .join(", ");
}

/** Columns of estimates with their spread and intervals. */
export function estimateColumns(
  rows: readonly EstimandNumbers[],
  { engine, level }: Pick<EstimandSetting, "engine" | "level">,
  digits: number | null,
  what: string,
): TableColumn[] {
  const cells = (pick: (row: EstimandNumbers) => number) => rows.map((row) => knownEstimate(pick(row), digits));
  const percent = formatPercent(level);
  return [
    { header: what, cells: cells(({ estimate }) => estimate) },
    { header: engine === "ml" ? "se" : "sd", cells: cells(({ sd }) => sd) },
    ...(rows.some(({ degreesOfFreedom }) => degreesOfFreedom !== null)
      ? [
          {
            header: "df",
            cells: rows.map(({ degreesOfFreedom: df }) => (df === null ? "-" : formatStatistic(df))),
            dropOrder: 2,
          },
        ]
      : []),
    { header: `${percent} from`, cells: cells(({ lower }) => lower) },
    { header: "to", cells: cells(({ upper }) => upper) },
  ];
}

/** "95%" */
export function formatPercent(level: number): string {
  return `${Number((100 * level).toPrecision(6))}%`;
}

/** A row's numbers as JSON has them: null where the data do not determine them. */
export interface JsonEstimandNumbers {
  readonly estimate: JsonNumber;
  readonly sd: JsonNumber;
  readonly lower: JsonNumber;
  readonly upper: JsonNumber;
  readonly degreesOfFreedom: JsonNumber;
}

export function jsonNumbers({ estimate, sd, lower, upper, degreesOfFreedom }: EstimandNumbers): JsonEstimandNumbers {
  return {
    estimate: finite(estimate),
    sd: finite(sd),
    lower: finite(lower),
    upper: finite(upper),
    degreesOfFreedom: degreesOfFreedom === null ? null : finite(degreesOfFreedom),
  };
}

/** Columns of tests, or of what a posterior says of the sign. */
export function effectColumns(
  rows: readonly EffectNumbers[],
  { engine, null: none, rope }: Pick<Contrasts, "engine" | "null" | "rope">,
): TableColumn[] {
  const cells = (pick: (row: EffectNumbers) => number | null, format: (value: number) => string) =>
    rows.map((row) => formatKnown(pick(row) ?? Number.NaN, format));
  if (engine === "ml")
    return [
      { header: "statistic", cells: cells(({ statistic }) => statistic, formatStatistic), dropOrder: 1 },
      { header: "p", cells: cells(({ pValue }) => pValue, formatProbability) },
    ];
  return [
    { header: `P(> ${none})`, cells: cells(({ probability }) => probability, formatShare) },
    ...(rope === null
      ? []
      : [{ header: `P(${rope[0]} to ${rope[1]})`, cells: cells(({ equivalence }) => equivalence, formatShare) }]),
  ];
}

/** A share of draws. */
export function formatShare(share: number): string {
  return share.toFixed(3);
}

export interface JsonEffectNumbers extends JsonEstimandNumbers {
  readonly statistic: JsonNumber;
  readonly pValue: JsonNumber;
  readonly probability: JsonNumber;
  readonly equivalence: JsonNumber;
}

/** Null where there is no such number. */
export function knownNumber(value: number | null): JsonNumber {
  return value === null ? null : finite(value);
}

export function jsonEffect(row: EffectNumbers): JsonEffectNumbers {
  const { statistic, pValue, probability, equivalence } = row;
  return {
    ...jsonNumbers(row),
    statistic: knownNumber(statistic),
    pValue: knownNumber(pValue),
    probability: knownNumber(probability),
    equivalence: knownNumber(equivalence),
  };
}
