import { describe, expect, it } from "vitest";
import {
  formatCount,
  formatError,
  formatNumber,
  formatRhat,
  formatSeconds,
  formatSignificant,
  formatSummary,
} from "../../src/report/numbers.js";

describe("a number of a summary", () => {
  const base = {
    name: "sigma",
    mean: 1.23456,
    sd: 0.1,
    median: 1.23456,
    q5: 1.07,
    q95: 123456,
    lower: 1.07,
    upper: 123456,
  };
  const errors = { mcseSd: 0.002, mcseMedian: 0.02, mcseQ5: 0.02, mcseQ95: 500 };

  it("is rounded by its own Monte Carlo error, not by those of its neighbours", () => {
    const row = { ...base, mcse: 0.0023, ...errors };
    const fields = ["mean", "sd", "median", "q5", "q95"] as const;
    expect(fields.map((field) => formatSummary(row, field, null))).toEqual([
      "1.235",
      "0.100",
      "1.23",
      "1.07",
      "123500",
    ]);
  });

  it.each([
    { mcse: 0.001, text: "1.235" },
    { mcse: 0.00999, text: "1.235" },
    { mcse: 0.01, text: "1.23" },
    { mcse: 1, text: "1" },
    // No usable error: a twentieth of the sd is taken for it.
    { text: "1.235" },
    { mcse: Number.NaN, text: "1.235" },
    { mcse: 0, text: "1.235" },
    { mcse: Infinity, text: "1.235" },
  ])("mcse $mcse: $text", ({ text, ...error }) => {
    expect(formatSummary({ ...base, ...error }, "mean", null)).toBe(text);
  });

  it("has the error of the mean where it has none of its own", () => {
    expect(formatSummary({ ...base, mcse: 0.02 }, "median", null)).toBe("1.23");
  });

  it("has the digits that were asked for, whatever its error", () => {
    expect(formatSummary({ ...base, mcse: 0.1, ...errors }, "mean", 5)).toBe("1.2346");
  });
});

describe("significant digits", () => {
  it.each([
    [620.527, 4, "620.5"],
    [1.165, 4, "1.165"],
    [330495, 4, "330500"],
    [1.2, 4, "1.200"],
    [0.00123456, 3, "0.00123"],
    [9.9996, 4, "10.00"],
    [1.5e-9, 2, "1.5e-9"],
    [1.0778942, 8, "1.0778942"],
    [0.264, 8, "0.26400000"],
    [0.00012345678, 8, "1.2345678e-4"],
    [2.1e146, 3, "2.10e+146"],
    [0, 4, "0"],
    [Number.NaN, 4, "NaN"],
  ])("%d with %d: %s", (value, digits, text) => {
    expect(formatSignificant(value, digits)).toBe(text);
  });
});

describe("formatNumber", () => {
  it.each<[number, number | null, string]>([
    [0.0123, -3, "0.012"],
    [1.23456, -3, "1.235"],
    [-1.23456, -2, "-1.23"],
    [0.5, -3, "0.500"],
    [0, -3, "0.000"],
    [-0.0001, -3, "0.000"],
    [0.9999, -2, "1.00"],
    [12.6, 0, "13"],
    [1234, 2, "1200"],
    [-40, 2, "0"],
    [1.5e9, 7, "1.50e+9"],
    [1.5e9, 2, "1.5000000e+9"],
    [9999999, 0, "9999999"],
    [1.23456e-9, -11, "1.23e-9"],
    [1e-15, -11, "0"],
    [0.25, null, "0.250000"],
    [1 / 3, null, "0.333333"],
    [0, null, "0"],
    [Number.NaN, -3, "NaN"],
    [Infinity, null, "Inf"],
    [-Infinity, 2, "-Inf"],
  ])("%d at %s is %s", (value, digit, text) => {
    expect(formatNumber(value, digit)).toBe(text);
  });
});

describe("formatError shows two digits", () => {
  it.each([
    [0.00234, "0.0023"],
    [0.000966, "0.00097"],
    [0.00999, "0.010"],
    [1.26, "1.3"],
    [12.6, "13"],
    [126, "130"],
    [0, "0"],
    [4.56e-9, "4.6e-9"],
    [Number.NaN, "NaN"],
    [Infinity, "Inf"],
  ])("%d is %s", (error, text) => {
    expect(formatError(error)).toBe(text);
  });
});

describe("other numbers", () => {
  it.each([
    [formatRhat(1.00049), "1.000"],
    [formatRhat(1.0235), "1.024"],
    [formatRhat(Infinity), "Inf"],
    [formatRhat(Number.NaN), "NaN"],
    [formatCount(1234.5), "1235"],
    [formatCount(Number.NaN), "NaN"],
    [formatSeconds(0.0123), "0.01 s"],
    [formatSeconds(12.34), "12.3 s"],
    [formatSeconds(340.4), "340 s"],
    [formatSeconds(Number.NaN), "NaN"],
  ])("%s is %s", (text, expected) => {
    expect(text).toBe(expected);
  });
});
