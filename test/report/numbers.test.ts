import { describe, expect, it } from "vitest";
import {
  formatCount,
  formatError,
  formatNumber,
  formatRhat,
  formatSeconds,
  lastDigit,
  lastDigitOf,
} from "../../src/report/numbers.js";

describe("the last digit that a row supports", () => {
  it.each([
    { mcse: 0.0023, sd: 0.1, digit: -3 },
    { mcse: 0.001, sd: 0.1, digit: -3 },
    { mcse: 0.00999, sd: 0.1, digit: -3 },
    { mcse: 0.01, sd: 0.1, digit: -2 },
    { mcse: 0.2, sd: 10, digit: -1 },
    { mcse: 1, sd: 10, digit: 0 },
    { mcse: 35, sd: 1000, digit: 1 },
    { mcse: 1e-12, sd: 1e-10, digit: -12 },
    // No usable MCSE: three digits of the sd.
    { sd: 0.1234, digit: -3 },
    { mcse: Number.NaN, sd: 12, digit: -1 },
    { mcse: 0, sd: 0.5, digit: -3 },
    { mcse: Infinity, sd: 0.5, digit: -3 },
    { mcse: Number.NaN, sd: 0, digit: null },
    { mcse: Number.NaN, sd: Number.NaN, digit: null },
  ])("mcse $mcse, sd $sd: $digit", ({ digit, ...row }) => {
    expect(lastDigit(row)).toBe(digit);
  });
});

describe("the last digit of each number of a row", () => {
  const row = { name: "sigma", mean: 1, sd: 0.8, median: 1, q5: 0.1, q95: 2.5 };

  it("is that of its own standard error, or of the mean's where it has none", () => {
    const errors = { ...row, mcse: 0.002, mcseSd: 0.0009, mcseQ95: 0.03 };
    expect(lastDigitOf(errors, "mean")).toBe(-3);
    expect(lastDigitOf(errors, "sd")).toBe(-4);
    expect(lastDigitOf(errors, "q95")).toBe(-2);
    expect(lastDigitOf(errors, "q5")).toBe(-3);
  });

  it("is that of a twentieth of the sd where nothing was drawn", () => {
    expect(lastDigitOf(row, "mean")).toBe(-2);
    expect(lastDigitOf({ ...row, sd: 0.1 }, "q5")).toBe(-3);
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
    [0.25, null, "0.25"],
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
