import { Command, CommanderError } from "commander";
import { type Plugin, version } from "../index.js";
import { commands } from "./commands/commands.js";
import { explanation } from "./explanation.js";
import { pluginsOf } from "./plugins.js";
import { type ExitCode, exitCodes, type Terminal } from "./Terminal.js";

/** Runs one command line; returns the exit code. Nothing is thrown. */
export async function run(argv: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let exitCode: ExitCode = exitCodes.done;
  try {
    const plugins = await pluginsOf(argv);
    const program = commandLine(argv, terminal, plugins, (code) => {
      exitCode = code;
    });
    if (argv.length === 0) program.help({ error: true });
    await program.parseAsync(argv, { from: "user" });
    return exitCode;
  } catch (error) {
    return report(error, terminal);
  }
}

function report(error: unknown, { stderr }: Terminal): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  const { lines, code } = explanation(error);
  for (const line of lines) stderr.write(`${line}\n`);
  return code;
}

const help = `
Exit codes: 0 done; 1 the fit failed, or must not be trusted and --strict was given;
2 wrong usage, model or data; 130 stopped by Ctrl-C.`;

/** With the command that is asked for, or with all, for the help that lists them: to make the options of all takes some 15 ms. */
function commandLine(
  argv: readonly string[],
  terminal: Terminal,
  plugins: readonly Plugin[],
  done: (code: ExitCode) => void,
): Command {
  const program = new Command("marginalia")
    .description("Bayesian generalized linear mixed models: a model text and a table in, a posterior out.")
    .version(version)
    .exitOverride()
    .showHelpAfterError("(--help shows what there is)")
    .addHelpText("afterAll", help)
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, "marginalia: ")),
    });
  const asked = commands.get(argv[0] ?? "");
  for (const add of asked === undefined ? commands.values() : [asked]) add(program, { terminal, plugins, done });
  return program;
}
