import type { Warning } from "../../diagnostics/warnings.js";
import type { PreparedModel } from "../../fit/prepare.js";
import { problemWarnings } from "../../fit/problemWarnings.js";
import type { EngineEvidence } from "../../summary/Evidence.js";

/** Log Bayes factors found in several ways must not differ by more. */
const SAME = 0.1;

/** What calls for care in a comparison by marginal likelihoods, and in the models, A and B, themselves. */
export function evidenceWarnings(
  [a, b]: readonly [PreparedModel, PreparedModel],
  engines: readonly EngineEvidence[],
): Warning[] {
  const ofModels = Object.entries({ A: a, B: b }).flatMap(([label, { problems }]) =>
    problemWarnings(problems).map((warning) => ({ ...warning, message: `${label}: ${warning.message}` })),
  );
  return [...engines.flatMap(failedGuards), ...disagreement(engines), ...ofModels];
}

function failedGuards({ engine, fits }: EngineEvidence): Warning[] {
  return fits
    .filter(({ approximation: { guard } }) => !guard.isTrusted)
    .map(
      ({
        label,
        approximation: {
          guard: { verdict, advice },
        },
      }) => ({
        code: "guard",
        message: `${engine}, ${label}: ${verdict}; so that there is no Bayes factor by ${engine}`,
        advice,
      }),
    );
}

function disagreement(engines: readonly EngineEvidence[]): Warning[] {
  const found = engines.flatMap(({ engine, bayesFactor }) =>
    Object.entries({
      "importance weights": bayesFactor?.byImportance,
      integration: bayesFactor?.byIntegration,
    }).flatMap(([how, log]) => (log === null || log === undefined ? [] : [{ by: `${how} of ${engine}`, log }])),
  );
  const logs = found.map(({ log }) => log);
  if (Math.max(...logs) - Math.min(...logs) <= SAME || found.length === 0) return [];
  return [
    {
      code: "evidence-disagreement",
      message: `the log Bayes factor is ${found.map(({ by, log }) => `${log.toFixed(3)} by ${by}`).join(", ")}: they differ by more than ${SAME}`,
      advice: "take their difference for its error at the least",
    },
  ];
}
