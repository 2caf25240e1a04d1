import { optionSchemas } from "../../index.js";
import type { MeansFlags } from "../means.js";
import type { AddCommand } from "./AddCommand.js";
import { addEstimand } from "./addEstimand.js";

export const addMeans: AddCommand = (program, context) => {
  const about = "estimated marginal means: what a fit says at levels of its variables, averaged over the others";
  addEstimand(
    program,
    context,
    { name: "means", about, schema: optionSchemas.means },
    async (path, flags: MeansFlags, command) => {
      const { meansCommand } = await import("../means.js");
      return meansCommand(path, flags, command, context.terminal);
    },
  );
};
