/** The values that an option takes. */
export interface OptionType<T> {
  /** The allowed values in words: "a whole number from 1 to 1000". */
  readonly allowed: string;
  /** Whether a value has the right type, in the range or not. */
  isOfType(value: unknown): boolean;
  accepts(value: unknown): value is T;
  /** How the option is written on the command line; null where it cannot be. */
  readonly argument: Argument | null;
}

/** How an option is written on the command line. */
export type Argument =
  /** Given or not. */
  | { readonly kind: "flag" }
  /** A number, or one of these words. */
  | { readonly kind: "number"; readonly words: readonly string[] }
  | { readonly kind: "text" }
  /** Texts, one each time that the flag is given. */
  | { readonly kind: "repeated" }
  /** Names with commas between them, which may be given again. */
  | { readonly kind: "names" }
  /** Two numbers with a comma between. */
  | { readonly kind: "interval" }
  | { readonly kind: "choice"; readonly choices: readonly string[] };

const isNumber = (value: unknown): value is number => typeof value === "number";

/** Numbers for which `isInside` holds. */
export function number(allowed: string, isInside: (value: number) => boolean): OptionType<number> {
  return {
    allowed,
    isOfType: isNumber,
    accepts: (value): value is number => isNumber(value) && isInside(value),
    argument: { kind: "number", words: [] },
  };
}

export function whole(min: number, max: number): OptionType<number> {
  return number(
    `a whole number from ${min} to ${max}`,
    (value) => Number.isInteger(value) && value >= min && value <= max,
  );
}

export function positive(): OptionType<number> {
  return number("a positive number", (value) => value > 0 && value < Infinity);
}

/** Numbers in the open interval (0, 1). */
export function probability(): OptionType<number> {
  return number("a number between 0 and 1", (value) => value > 0 && value < 1);
}

export function choice<const Choices extends readonly string[]>(...choices: Choices): OptionType<Choices[number]> {
  const isText = (value: unknown) => typeof value === "string";
  return {
    allowed: choices.map((each) => JSON.stringify(each)).join(" or "),
    isOfType: isText,
    accepts: (value): value is Choices[number] => choices.some((each) => each === value),
    argument: { kind: "choice", choices },
  };
}

export function trueOrFalse(): OptionType<boolean> {
  const isBoolean = (value: unknown): value is boolean => typeof value === "boolean";
  return { allowed: "true or false", isOfType: isBoolean, accepts: isBoolean, argument: { kind: "flag" } };
}

/** A seed of random streams: a number and the text that prints it are the same seed. */
export function seed(): OptionType<number | string> {
  const isOfType = (value: unknown) => typeof value === "string" || isNumber(value);
  return {
    allowed: "a finite number or a text",
    isOfType,
    accepts: (value): value is number | string => typeof value === "string" || Number.isFinite(value),
    argument: { kind: "text" },
  };
}

/** A text that is not empty. */
export function text(allowed: string): OptionType<string> {
  const isOfType = (value: unknown): value is string => typeof value === "string";
  return {
    allowed,
    isOfType,
    accepts: (value): value is string => isOfType(value) && value !== "",
    argument: { kind: "text" },
  };
}

export function texts(allowed: string): OptionType<readonly string[]> {
  const isTexts = (value: unknown): value is readonly string[] =>
    Array.isArray(value) && value.every((each) => typeof each === "string");
  return { allowed, isOfType: isTexts, accepts: isTexts, argument: { kind: "repeated" } };
}

/** Names that are no empty texts; on the command line they have commas between them. */
export function names(allowed: string): OptionType<readonly string[]> {
  const list = texts(allowed);
  return {
    ...list,
    accepts: (given): given is readonly string[] => list.accepts(given) && given.every((each) => each !== ""),
    argument: { kind: "names" },
  };
}

/** A text or several, none of them empty. */
export function textOrTexts(allowed: string): OptionType<string | readonly string[]> {
  const [one, list] = [text(allowed), texts(allowed)];
  return {
    allowed,
    isOfType: (value) => one.isOfType(value) || list.isOfType(value),
    accepts: (value): value is string | readonly string[] =>
      one.accepts(value) || (list.accepts(value) && value.length > 0 && value.every((each) => one.accepts(each))),
    argument: { kind: "repeated" },
  };
}

/** A list of any of the choices, also of none. */
export function anyOf(choices: readonly string[], allowed: string): OptionType<readonly string[]> {
  const list = texts(allowed);
  return {
    ...list,
    accepts: (given): given is readonly string[] =>
      list.accepts(given) && given.every((each) => choices.includes(each)),
  };
}

/** A list of at least one of the choices. */
export function someOf(choices: readonly string[], allowed: string): OptionType<readonly string[]> {
  const list = anyOf(choices, allowed);
  return { ...list, accepts: (given): given is readonly string[] => list.accepts(given) && given.length > 0 };
}

/** Values that only a program can give, such as functions and records. */
export function value<T>(allowed: string, accepts: (value: unknown) => value is T): OptionType<T> {
  return { allowed, isOfType: accepts, accepts, argument: null };
}

/** A function that is called back. */
export function listener<F extends (...parameters: never[]) => unknown>(): OptionType<F> {
  return value("a function", (given): given is F => typeof given === "function");
}

/** Values of a type, or null. */
export function orNull<T>(type: OptionType<T>): OptionType<T | null> {
  return {
    ...type,
    allowed: `${type.allowed}, or null`,
    isOfType: (value) => value === null || type.isOfType(value),
    accepts: (value): value is T | null => value === null || type.accepts(value),
  };
}

/** Values of a type; left out, the option is undefined. */
export function optional<T>(type: OptionType<T>): OptionType<T | undefined> {
  return {
    ...type,
    isOfType: (value) => value === undefined || type.isOfType(value),
    accepts: (value): value is T | undefined => value === undefined || type.accepts(value),
  };
}

/** A word, or numbers of a type. */
export function wordOr<const Word extends string>(word: Word, type: OptionType<number>): OptionType<Word | number> {
  return {
    allowed: `${JSON.stringify(word)} or ${type.allowed}`,
    isOfType: (value) => typeof value === "string" || type.isOfType(value),
    accepts: (value): value is Word | number => value === word || type.accepts(value),
    argument: { kind: "number", words: [word] },
  };
}
