import { optionSchemas } from "../../index.js";
import type { ContrastFlags } from "../contrast.js";
import type { AddCommand } from "./AddCommand.js";
import { addEstimand } from "./addEstimand.js";

export const addContrast: AddCommand = (program, context) => {
  const about = "estimated marginal means compared: differences, ratios, contrasts by a scheme or as they are written";
  const command = { name: "contrast", about, schema: optionSchemas.contrasts };
  addEstimand(program, context, command, async (path, flags: ContrastFlags, given) => {
    const { contrastCommand } = await import("../contrast.js");
    return contrastCommand(path, flags, given, context.terminal);
  });
};
