import { optionSchemas } from "../../index.js";
import type { SolveFlags } from "../solve.js";
import type { AddCommand } from "./AddCommand.js";
import { addEstimand } from "./addEstimand.js";

export const addSolve: AddCommand = (program, context) => {
  const about = "inverse prediction: the value of a variable at which a mean takes a target";
  addEstimand(
    program,
    context,
    { name: "solve", about, schema: optionSchemas.solve },
    async (path, flags: SolveFlags, command) => {
      const { solveCommand } = await import("../solve.js");
      return solveCommand(path, flags, command, context.terminal);
    },
  );
};
