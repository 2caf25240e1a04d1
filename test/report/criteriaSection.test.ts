import { describe, expect, it } from "vitest";
import type { Criteria } from "../../src/posterior/Criteria.js";
import { criteriaSection } from "../../src/report/criteriaSection.js";
import { jsonCriteria } from "../../src/report/jsonCriteria.js";

const seven = [1, 2, 3, 4, 5, 6, 7];
const column = (value: (k: number) => number) => Float64Array.from(seven, value);
const criteria: Criteria = {
  rows: Int32Array.from(seven, (k) => 10 * k),
  positions: 256,
  dic: { dic: 185.49, pD: 13.95, meanDeviance: 171.54, devianceAtMeans: 157.59 },
  waic: {
    waic: 195.91,
    standardError: 19.31,
    elpd: -97.955,
    elpdStandardError: 9.655,
    pWaic: 19.62,
    lppd: -78.335,
    pointwise: { elpd: column(() => -1), pWaic: column((k) => (k < 7 ? 0.5 : 0.3)), lppd: column(() => -0.5) },
    influentialRows: 6,
  },
  cpo: {
    values: column(() => 0.4),
    logScore: -101.6,
    standardError: 10.58,
    logValues: column(Math.log),
    errors: column((k) => (k === 3 ? NaN : 0.01)),
    failures: 1,
  },
  pit: null,
};

describe("criteria", () => {
  it("are a few lines of a report, with the rows that are not to be trusted", () => {
    expect(criteriaSection(criteria, 80).join("\n")).toBe(
      `  DIC            185.5, pD 13.9
  WAIC           195.9 (standard error 19), pWAIC 19.6
  leave-one-out  log score -101.6 (standard error 11), the sum of log CPO; 1
                 failure
  note           pWAIC above 0.4 in 6 rows (10, 20, 30, 40, 50, ...): prefer
                 leave-one-out to WAIC
  note           CPO not to be trusted in 1 row (30): refit without it`,
    );
  });

  it("have no notes where nothing is wrong", () => {
    const waic = { ...criteria.waic, pointwise: { ...criteria.waic.pointwise, pWaic: column(() => 0.1) } };
    const cpo = { ...criteria.cpo, errors: column(() => 0.1), failures: 0 };
    expect(criteriaSection({ ...criteria, waic, cpo }, 80).join("\n")).not.toMatch(/note/);
  });

  it("are plain JSON, with null for what is no number", () => {
    const document = jsonCriteria(criteria);
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
    expect(document.cpo.errors[2]).toBeNull();
    expect(document).toMatchObject({ rows: [10, 20, 30, 40, 50, 60, 70], pit: null, dic: criteria.dic });
    expect(Object.keys(document)).toEqual(Object.keys({ positions: 0, rows: 0, dic: 0, waic: 0, cpo: 0, pit: 0 }));
    const { pointwise, ...totals } = criteria.waic;
    expect(document.waic).toMatchObject(totals);
    expect(document.waic.pointwise.lppd).toEqual([...pointwise.lppd]);
  });
});
