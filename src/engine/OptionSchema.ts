import type { OptionType } from "./optionTypes.js";

/** One option, declared once: its type, the check of its values, its flag on the command line and its documentation come from here. */
export interface Option<T> extends OptionFacts<T> {
  readonly type: OptionType<T>;
}

/** What is said of an option beside its type: default, sentence and example. */
export interface OptionFacts<T> {
  /** The value where the option is left out. */
  readonly default: T;
  /** The default in words, where it depends on the model or on other options. */
  readonly defaultInWords?: string;
  readonly unit?: string;
  /** One sentence on what the option does, in Markdown, without its default and without a full stop. */
  readonly sentence: string;
  readonly example: T;
  /** The flag on the command line, where it is not the option's name: `--time-limit <seconds>`. Null for an option that has none. */
  readonly flag?: string | null;
}

/** Options by name. */
export type OptionSchema = Readonly<Record<string, Option<unknown>>>;

/** The type of the value of an option. */
export type ValueOf<O> = O extends Option<infer T> ? T : never;

/** Options with the defaults filled in. */
export type OptionsOf<Schema extends OptionSchema> = { readonly [Name in keyof Schema]: ValueOf<Schema[Name]> };

/** Options as a caller gives them: any of them, and `undefined` for those that are left out. */
export type Given<Schema extends OptionSchema> = {
  readonly [Name in keyof Schema]?: ValueOf<Schema[Name]> | undefined;
};

export function option<T>(type: OptionType<T>, facts: OptionFacts<NoInfer<T>>): Option<T> {
  return { type, ...facts };
}
