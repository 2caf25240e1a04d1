/** The formats of `exportFit`, each with what it is in a sentence. */
export const formats = {
  csv: "draws, a row each, with the columns .chain, .iteration and .draw that R's posterior reads",
  tidy: "a table of parameters and random effects as broom.mixed's tidy() has it",
  glance: "one row of facts about the fit as broom.mixed's glance() has it",
  augment: "the rows of the data with fitted values and residuals as broom.mixed's augment() has them",
  "arviz-json": "draws with their dimensions, sampler statistics and data, as ArviZ's from_json() reads them",
  netcdf: "the same as a netCDF 4 file, as ArviZ's from_netcdf() and xarray read it",
  "stan-csv": "draws as CmdStan writes them, a file a chain, with the names of the Stan program: a folder",
  stan: "a Stan program of the model with the same log density (model.stan), and its data (data.json): a folder",
  parquet: "the draws of csv in a Parquet file",
} as const;

/** A format that a fit can be written in. */
export type ExportFormat = keyof typeof formats;

export const formatNames = Object.keys(formats) as readonly ExportFormat[];

/** Formats of several files. */
export const folderFormats: readonly ExportFormat[] = ["stan-csv", "stan"];

/** Formats of one text, which may go to a screen. */
export const screenFormats: readonly ExportFormat[] = ["csv", "tidy", "glance", "augment", "arviz-json"];
