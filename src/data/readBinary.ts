import { DataError } from "./DataError.js";
import { readAll } from "./LazyColumns.js";
import type { Table } from "./Table.js";
import { toTable } from "./toTable.js";

export type BinaryFormat = "parquet" | "arrow";

/** The format that a file's first bytes tell: Parquet, or Arrow as a file (Feather 2) or as a stream; null for neither. */
export function binaryFormat(bytes: Uint8Array): BinaryFormat | null {
  const begins = (magic: string) => [...magic].every((character, i) => bytes[i] === character.charCodeAt(0));
  if (begins("PAR1")) return "parquet";
  return begins("ARROW1") || begins("\u00ff\u00ff\u00ff\u00ff") ? "arrow" : null;
}

/**
 * Reads a Parquet or Arrow file: null is missing, integers beyond 2^53 are labels, dates and timestamps are dates in UTC,
 * decimals numbers; a column of lists or structs is an error of a model that uses it.
 * @throws DataError
 */
export async function readBinary(bytes: Uint8Array, format: BinaryFormat, name: string): Promise<Table> {
  try {
    return readAll(toTable(await (format === "parquet" ? parquetColumns(bytes) : arrowTable(bytes)), name));
  } catch (error) {
    if (error instanceof DataError || !(error instanceof Error)) throw error;
    const hint = "write the file anew, or save the data as CSV";
    throw new DataError("unreadable-file", { name }, `not to be read as ${format}: ${error.message}`, hint);
  }
}

async function parquetColumns(bytes: Uint8Array): Promise<ReadonlyMap<string, readonly unknown[]>> {
  const [{ parquetMetadata, parquetRead }, { compressors }, { decodeLz4Block }] = await Promise.all([
    import("hyparquet"),
    import("hyparquet-compressors"),
    import("./lz4.js"),
  ]);
  const file = new ArrayBuffer(bytes.byteLength);
  new Uint8Array(file).set(bytes);
  const metadata = parquetMetadata(file);
  const rows = Number(metadata.num_rows);
  const columns = new Map(topLevelNames(metadata.schema).map((column) => [column, new Array<unknown>(rows)]));
  await parquetRead({
    file,
    metadata,
    // The library's own stumbles over blocks that hold nothing.
    compressors: { ...compressors, LZ4_RAW: decodeLz4Block },
    onChunk: ({ columnName, columnData, rowStart }) => {
      const column = columns.get(columnName);
      for (let i = 0; column !== undefined && i < columnData.length; i++) column[rowStart + i] = columnData[i];
    },
  });
  for (const { name, converted_type, scale = 0 } of metadata.schema) {
    const column = columns.get(name);
    if (converted_type === "DECIMAL" && column !== undefined) columns.set(name, column.map(roundedTo(scale)));
  }
  return columns;
}

/** The schema is a tree, a node before its children, the root first. */
function topLevelNames(schema: readonly { readonly name: string; readonly num_children?: number }[]): string[] {
  const names: string[] = [];
  for (let at = 1; at < schema.length; at = afterSubtree(schema, at)) names.push(schema[at].name);
  return names;
}

function afterSubtree(schema: readonly { readonly num_children?: number }[], at: number): number {
  let next = at + 1;
  for (let child = 0; child < (schema[at].num_children ?? 0); child++) next = afterSubtree(schema, next);
  return next;
}

/** A decimal is had as its digits times 10^-scale, which is off in the last bit: 11 x 0.1. */
function roundedTo(scale: number): (value: unknown) => unknown {
  const unit = 10 ** scale;
  return (value) => (typeof value === "number" ? Math.round(value * unit) / unit : value);
}

async function arrowTable(bytes: Uint8Array) {
  const { CompressionType, setCompressionCodec, tableFromIPC } = await import("@uwdata/flechette");
  const { decodeLz4Frame } = await import("./lz4.js");
  const { decompressZstd } = await import("hyparquet-compressors");
  const encode = (): never => {
    throw new Error("Arrow files are not written");
  };
  // Numbers are read in place, from where memory is aligned: at the beginning of an array of its own.
  setCompressionCodec(CompressionType.LZ4_FRAME, { decode: decodeLz4Frame, encode });
  setCompressionCodec(CompressionType.ZSTD, { decode: (input) => decompressZstd(input).slice(), encode });
  return tableFromIPC(bytes, { useBigInt: true, useDate: true });
}
