import { badDefinition, checkArgument } from "../argument/checkArgument.js";
import { anObject } from "../argument/kinds.js";
import { derivativeProblems } from "./derivativeProblems.js";
import type { Family, FamilySlot } from "./Family.js";
import { links } from "./links.js";

/** A name that the model language can write. */
const NAME = /^[A-Za-z][A-Za-z0-9_]*$/;
const FUNCTIONS = ["checkResponse", "rowLikelihood", "mean", "variance", "simulate"] as const;

/** Checks a user's record, its derivatives by differences, and returns it; throws an ArgumentError that lists everything wrong with it. */
export function defineFamily(family: Family): Family {
  checkArgument(anObject, family, "defineFamily", "family");
  const { slots }: Partial<Family> = family;
  const isRecord = Array.isArray(slots) && slots.every(isSlot);
  const problems = isRecord
    ? [...problemsOfNames(family), ...problemsOfSlots(family), ...problemsOfFunctions(family)]
    : ['slots must be a list of { kind: "mean", "auxiliary" or "data", name, and links unless the kind is "data" }'];
  if (problems.length === 0) return family;
  throw badDefinition("defineFamily", "family", `the family "${family.name}" cannot be used: ${problems.join("; ")}`);
}

function isSlot(slot: unknown): boolean {
  if (typeof slot !== "object" || slot === null || !("kind" in slot && "name" in slot)) return false;
  return slot.kind === "data" || ("links" in slot && Array.isArray(slot.links));
}

function problemsOfNames({ name, slots }: Family): string[] {
  const names = [name, ...slots.map((slot) => slot.name)];
  const odd = names.filter((each) => !NAME.test(each));
  const twice = slots.filter((slot, k) => slots.findIndex((other) => other.name === slot.name) < k);
  return [
    ...odd.map((each) => `"${each}" is no name: letters, digits and _, a letter first`),
    ...twice.map((slot) => `the slot "${slot.name}" is there twice`),
  ];
}

function problemsOfSlots({ slots }: Family): string[] {
  const count = (kind: FamilySlot["kind"]) => slots.filter((slot) => slot.kind === kind).length;
  const problems: string[] = [];
  if (count("mean") !== 1) problems.push(`it needs exactly one slot of kind "mean", not ${count("mean")}`);
  if (count("data") > 1) problems.push(`it can have one slot of kind "data", not ${count("data")}`);
  return [...problems, ...slots.flatMap(problemsOfLinks)];
}

function problemsOfLinks(slot: FamilySlot): string[] {
  if (slot.kind === "data") return [];
  if (slot.links.length === 0) return [`the slot "${slot.name}" has no links`];
  const known = links.map((link) => link.name);
  const unknown = slot.links.filter((link) => !known.includes(link));
  return unknown.map((link) => `the slot "${slot.name}" has an unknown link "${link}"; there are ${known.join(", ")}`);
}

function problemsOfFunctions(family: Family): string[] {
  const missing = FUNCTIONS.filter((name) => typeof family[name] !== "function");
  if (missing.length > 0) return missing.map((name) => `"${name}" is not a function`);
  const mean = family.slots.find((slot) => slot.kind === "mean");
  return (mean?.links ?? []).flatMap((link) => problemsOfRow(family, link));
}

function problemsOfRow(family: Family, link: string): string[] {
  try {
    return typeof family.rowLikelihood(link).evaluate === "function"
      ? derivativeProblems(family, link)
      : [`its "${link}" rows have no evaluate`];
  } catch (error) {
    return [
      `its rowLikelihood does not take its own link "${link}" (${error instanceof Error ? error.message : error})`,
    ];
  }
}
