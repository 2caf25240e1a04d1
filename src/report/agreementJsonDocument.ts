import type { AgreementReport } from "./agreementTextReport.js";
import { agreementVerdict, outsideVerdict } from "./agreementVerdict.js";

/** The document of `compare MODEL --json`, version 1: fields may be added, never renamed. `JSON.stringify` writes null for NaN. */
export function agreementJsonDocument(report: AgreementReport) {
  const { groups, agreements, outside } = report;
  return {
    schema: 1,
    ...report,
    /** Number of levels by grouping factor. */
    groups: Object.fromEntries(groups.map(({ name, levels }) => [name, levels])),
    agreements: agreements.map((engine) => ({
      ...engine,
      parameters: engine.parameters.map((row) => ({ ...row, differenceInMcse: row.difference / row.mcse })),
    })),
    outside: outside.map((fit) => ({ ...fit, verdict: outsideVerdict(fit) })),
    verdict: agreementVerdict(report),
  } as const;
}
