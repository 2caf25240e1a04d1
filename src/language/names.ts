import { quote } from "./brackets.js";
import { isPlainName } from "./lexer.js";

/** A name as it stands in a model text: in backticks where it must. */
export function printName(name: string): string {
  return isPlainName(name) ? name : quote(name, "`");
}
