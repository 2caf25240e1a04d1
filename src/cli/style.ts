import { styleText } from "node:util";
import type { Output } from "./Terminal.js";

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
