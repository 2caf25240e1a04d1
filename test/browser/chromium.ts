import { existsSync } from "node:fs";
import { chromium as playwright } from "playwright-core";

const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** The browser that the tests drive; null where there is none, and they are skipped. */
export const chromium: string | null = places.find((place) => existsSync(place)) ?? null;

export function launch() {
  if (chromium === null) throw new Error("there is no Chromium");
  return playwright.launch({ executablePath: chromium, args: ["--no-sandbox"] });
}
