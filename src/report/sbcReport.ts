import type { PriorFacts } from "../summary/Evidence.js";
import type { EffectPower, SbcQuantity, SbcResult } from "../summary/SbcResult.js";
import { priorLine } from "./fitFacts.js";
import { finite, type JsonNumber } from "./jsonNumbers.js";
import { layoutOf, page, plural, type ReportOptions, section, type TableColumn, wrap } from "./layout.js";
import { namedTable } from "./namedTable.js";
import { formatSeconds, formatSignificant } from "./numbers.js";

/** What is told of a calibration, as plain data. */
export interface SbcReport {
  readonly version: string;
  readonly model: string;
  readonly calibration: SbcResult;
  readonly priors: readonly PriorFacts[];
  readonly seed: string;
  /** Wall-clock seconds. */
  readonly seconds: { readonly read: number; readonly total: number };
}

const DIGITS = 3;

/** A calibration for a terminal: ranks, bias and coverage of each quantity, and the power of effects. */
export function sbcTextReport(report: SbcReport, options: ReportOptions = {}): string {
  const { calibration, priors, seconds } = report;
  const { width, style, digits } = layoutOf(options);
  const shown = (value: number) => (Number.isNaN(value) ? "-" : formatSignificant(value, digits ?? DIGITS));
  return page([
    section("Calibration", wrap(whatWasDone(calibration), width, 2), style),
    section(
      "Priors",
      priors.flatMap((prior) => wrap(priorLine(prior), width, 2)),
      style,
    ),
    namedTable(calibration.quantities, quantityColumns(calibration, shown), width, style),
    coverageNote(calibration).flatMap((line) => wrap(line, width)),
    calibration.effects.flatMap((effect) => effectLines(effect, shown).flatMap((line) => wrap(line, width, 0, 2))),
    sbcVerdict(calibration).flatMap((line) => wrap(line, width)),
    wrap(
      `time: read ${formatSeconds(seconds.read)}, fits ${formatSeconds(calibration.seconds)} in all threads together, total ${formatSeconds(seconds.total)}`,
      width,
    ),
  ]);
}

function whatWasDone({ engine, replicates, stated, ranks }: SbcResult): string {
  const truth =
    stated.length === 0
      ? "parameters from their priors"
      : `${stated.join(", ")} as stated, other parameters from their priors`;
  const how = ranks === null ? "" : `; truths ranked among ${ranks.ranked} draws`;
  return `${plural(replicates, "data set")} simulated and fitted by ${engine}; ${truth}${how}`;
}

const blocks = "▁▂▃▄▅▆▇█";

/** A histogram in a line, of two parts a block; the middle block is a uniform share. */
function bars(parts: readonly number[]): string {
  const counts = parts.flatMap((count, k) => (k % 2 === 0 ? [count + (parts[k + 1] ?? 0)] : []));
  const share = counts.reduce((a, b) => a + b, 0) / counts.length;
  return counts.map((count) => blocks[Math.min(7, Math.round((4 * count) / share))]).join("");
}

function quantityColumns({ quantities, levels, ranks }: SbcResult, shown: (value: number) => string): TableColumn[] {
  const column = (header: string, cell: (quantity: SbcQuantity) => string, dropOrder?: number) => ({
    header,
    cells: quantities.map(cell),
    ...(dropOrder === undefined ? {} : { dropOrder }),
  });
  return [
    column("bias", ({ bias }) => shown(bias)),
    column("+-", ({ biasError }) => shown(biasError), 3),
    column("rmse", ({ rmse }) => shown(rmse), 2),
    ...levels.map((level, l) => column(percent(level), ({ coverage }) => percent(coverage[l].share))),
    ...(ranks === null
      ? []
      : [
          column("ranks", ({ ranks: own }) => (own === null ? "-" : bars(own.counts)), 1),
          column("band", ({ ranks: own }) => (own === null || own.inside ? "inside" : "OUTSIDE")),
        ]),
  ];
}

function percent(share: number): string {
  return Number.isNaN(share) ? "-" : `${Number((100 * share).toFixed(1))}%`;
}

/** How far coverage may stray by chance, and where it strays farther. */
function coverageNote({ quantities }: SbcResult): string[] {
  const off = quantities.flatMap(({ name, coverage }) =>
    coverage
      .filter(({ level, lower, upper, intervals }) => intervals > 0 && (level < lower || level > upper))
      .map(
        ({ level, share, lower, upper }) =>
          `${name}: ${percent(level)} intervals hold the truth in ${percent(share)} of fits (95% interval ${percent(lower)} to ${percent(upper)})`,
      ),
  );
  const without = quantities.flatMap(({ name, estimates, coverage: [first] }) =>
    first !== undefined && first.intervals < estimates
      ? [`${name}: ${estimates - first.intervals} of ${estimates} fits have no interval, as at a boundary`]
      : [],
  );
  const head = "Percentages above the table are levels of intervals, below them how many hold the truth.";
  const found =
    off.length === 0
      ? "All are within Wilson's 95% intervals of their levels."
      : "Outside Wilson's 95% intervals of their levels, of which one in twenty is by chance:";
  return [`${head} ${found}`, ...off, ...without];
}

function effectLines(effect: EffectPower, shown: (value: number) => string): string[] {
  const { name, value, level, power, lower, upper, typeS, typeM } = effect;
  const what = value === 0 ? "false positives" : "power";
  const first = `${name} = ${value}: ${what} ${percent(power)} (95% interval ${percent(lower)} to ${percent(upper)}): so often does the ${percent(level)} interval not hold 0.`;
  if (Number.isNaN(typeM)) return [first];
  return [
    first,
    `Of significant estimates, ${percent(typeS)} have the wrong sign (type S); their size is ${shown(typeM)} times the true one on average (type M).`,
  ];
}

/** What the calibration says, a sentence each. */
export function sbcVerdict({ failed, untrusted, replicates, ranks, quantities, stated, engine }: SbcResult): string[] {
  const lines: string[] = [];
  const outside = quantities.filter((quantity) => quantity.ranks !== null && !quantity.ranks.inside);
  if (ranks !== null)
    lines.push(
      ranks.passed
        ? `passed: the ranks of all ${quantities.length} quantities lie within their simultaneous bands (${percent(ranks.alpha)} chance that a calibrated engine leaves any)`
        : `FAILED: ${outside.length} of ${quantities.length} quantities have ranks outside their bands: ${outside.map(({ name, ranks: own }) => `${name} (posteriors are ${own?.shape})`).join(", ")}`,
    );
  else if (stated.length > 0)
    lines.push("No ranks: they have a distribution to be held to where all parameters come from their priors.");
  else lines.push(`No ranks: ${engine} has no posterior.`);
  const failures = failed.reduce((total, { count }) => total + count, 0);
  if (failures > 0)
    lines.push(
      `${failures} of ${replicates} fits failed and are left out; ${failed[0].count} by: ${failed[0].message}`,
    );
  if (untrusted > 0)
    lines.push(
      `${untrusted} of ${replicates} fits are not trusted by their own diagnostics; they count as the others.`,
    );
  return lines;
}

/** The document of `sbc --json`, version 1: fields may be added, never renamed. */
export interface SbcJsonDocument {
  readonly schema: 1;
  readonly version: string;
  readonly model: string;
  readonly engine: string;
  readonly seed: string;
  readonly replicates: number;
  readonly failed: SbcResult["failed"];
  readonly untrusted: number;
  readonly stated: readonly string[];
  readonly levels: readonly number[];
  readonly priors: readonly PriorFacts[];
  readonly ranks: SbcResult["ranks"];
  readonly quantities: readonly (Omit<SbcQuantity, "bias" | "biasError" | "rmse" | "coverage"> & {
    readonly bias: JsonNumber;
    readonly biasError: JsonNumber;
    readonly rmse: JsonNumber;
    readonly coverage: readonly {
      readonly level: number;
      readonly intervals: number;
      readonly covered: number;
      readonly share: JsonNumber;
      readonly lower: number;
      readonly upper: number;
    }[];
  })[];
  readonly effects: readonly (Omit<EffectPower, "power" | "typeS" | "typeM"> & {
    readonly power: JsonNumber;
    readonly typeS: JsonNumber;
    readonly typeM: JsonNumber;
  })[];
  readonly verdict: readonly string[];
  readonly seconds: SbcReport["seconds"] & { readonly fits: number };
}

/** Plain data for `JSON.stringify`, its fields in the order of the schema. */
export function sbcJsonDocument({ version, model, calibration, priors, seed, seconds }: SbcReport): SbcJsonDocument {
  const { engine, replicates, failed, untrusted, stated, levels, ranks, quantities, effects } = calibration;
  return {
    schema: 1,
    version,
    model,
    engine,
    seed,
    replicates,
    failed,
    untrusted,
    stated,
    levels,
    priors,
    ranks,
    quantities: quantities.map((quantity) => ({
      ...quantity,
      bias: finite(quantity.bias),
      biasError: finite(quantity.biasError),
      rmse: finite(quantity.rmse),
      coverage: quantity.coverage.map((one) => ({ ...one, share: finite(one.share) })),
    })),
    effects: effects.map((effect) => ({
      ...effect,
      power: finite(effect.power),
      typeS: finite(effect.typeS),
      typeM: finite(effect.typeM),
    })),
    verdict: sbcVerdict(calibration),
    seconds: { ...seconds, fits: calibration.seconds },
  };
}
