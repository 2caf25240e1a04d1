import { optionSchemas } from "../../index.js";
import type { SlopesFlags } from "../slopes.js";
import type { AddCommand } from "./AddCommand.js";
import { addEstimand } from "./addEstimand.js";

export const addSlopes: AddCommand = (program, context) => {
  const about = "slopes of numeric variables, and differences of factors, at the means of the others or over the rows";
  const command = { name: "slopes", about, schema: optionSchemas.slopes };
  addEstimand(program, context, command, async (path, flags: SlopesFlags, given) => {
    const { slopesCommand } = await import("../slopes.js");
    return slopesCommand(path, flags, given, context.terminal);
  });
};
