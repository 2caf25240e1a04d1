import { writeFile } from "node:fs/promises";
import { optionsPage } from "./optionsPage.js";

// Writes the pages of docs/ that are made from the sources.

await writeFile("docs/options.md", optionsPage());
