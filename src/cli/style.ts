import { styleText } from "node:util";
import type { ReportOptions } from "../report/layout.js";
import { type Output, widthOf } from "./Terminal.js";

type Paint = (text: string) => string;

/** Bold, dim and yellow on a terminal (unless NO_COLOR is set), plain text elsewhere. */
export function styleFor({ isTTY }: Output): { readonly bold: Paint; readonly dim: Paint; readonly warn: Paint } {
  const hasColour = isTTY === true && !process.env.NO_COLOR && process.env.TERM !== "dumb";
  const paint =
    (format: "bold" | "dim" | "yellow"): Paint =>
    (text) =>
      hasColour ? styleText(format, text) : text;
  return { bold: paint("bold"), dim: paint("dim"), warn: paint("yellow") };
}

/** The layout of a report for an output; `digits`: significant digits of every number, where they were asked for. */
export function layoutFor(output: Output, { digits }: { readonly digits?: number }): ReportOptions {
  return { width: widthOf(output), style: styleFor(output), digits: digits ?? null };
}
