import type { Warning } from "../diagnostics/warnings.js";
import { pluginText } from "../posterior/PluginRecord.js";
import type { PriorFacts } from "../summary/Evidence.js";
import type { FitReport } from "./FitReport.js";
import { plural, type Style, wrap } from "./layout.js";
import { categoryFacts } from "./ResponseCategories.js";

/** The model's statements; its priors are told as they were used, in a section of their own. */
export function modelLines(model: string, width: number): string[] {
  return model
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/^(#|prior\s)/.test(line))
    .flatMap((line) => wrap(line, width));
}

/** What was fitted to, and with which plugins: rows used and dropped, groups. */
export function dataFacts({
  observations,
  droppedRows,
  groups,
  categories = null,
  plugins = [],
}: Pick<FitReport, "observations" | "droppedRows" | "groups" | "plugins"> & Partial<Pick<FitReport, "categories">>): [
  string,
  string,
][] {
  const dropped = droppedRows === 0 ? "" : ` (${plural(droppedRows, "row")} dropped: missing values)`;
  const levels = groups.map((group) => `${group.name} (${plural(group.levels, "level")})`).join(", ");
  const observed: [string, string] = ["observations", `${observations}${dropped}`];
  return [
    ...(plugins.length === 0 ? [] : [["plugins", plugins.map(pluginText).join("; ")] as [string, string]]),
    observed,
    ...categoryFacts(categories),
    ...(groups.length === 0 ? [] : [["groups", levels] as [string, string]]),
  ];
}

/** Every warning with its advice under it. */
export function warningLines(warnings: readonly Warning[], width: number, style: Style): string[] {
  if (warnings.length === 0) return [];
  const lines = warnings.flatMap(({ message, advice }) => [
    ...wrap(`- ${message}`, width).map((line) => style.warn(line)),
    ...wrap(advice, width, 4, 0),
  ]);
  return [style.warn(plural(warnings.length, "warning")), ...lines];
}

/** "sd[subject, post] ~ student_t(3, 0, 2.5) on (0, Inf) (default)" */
export function priorLine({ name, distribution, truncatedTo, origin }: PriorFacts): string {
  const bound = (value: number) => String(value).replace("Infinity", "Inf");
  const support = truncatedTo === null ? "" : ` on (${truncatedTo.map(bound).join(", ")})`;
  return `${name} ~ ${distribution}${support}${origin === "default" ? " (default)" : ""}`;
}
