import type { ColumnSource } from "hyparquet-writer";
import type { Posterior } from "../posterior/Posterior.js";
import { version } from "../version.js";
import { drawsColumns, indexColumns } from "./drawsTable.js";
import type { ExportedDraws } from "./exportedDraws.js";

/** Values of a group of rows: 32 MB. */
const GROUP = 2 ** 22;

/** The bytes of a Parquet file of draws with the columns of the CSV file: groups of rows, each of one chain. `facts` are kept with the file. */
export async function* parquet(
  posterior: Posterior,
  drawn: ExportedDraws,
  facts: Readonly<Record<string, string>>,
): AsyncGenerator<Uint8Array, void> {
  const { ByteWriter, ParquetWriter, schemaFromColumnData } = await import("hyparquet-writer");
  const columns = drawsColumns(posterior, drawn);
  const rowGroupSize = Math.max(1, Math.floor(GROUP / (columns.length + indexColumns.length)));
  const group = (chain: number, from: number): ColumnSource[] => {
    const to = Math.min(from + rowGroupSize, drawn.draws);
    const indices = [() => chain + 1, (draw: number) => draw + 1, (draw: number) => chain * drawn.draws + draw + 1];
    return [
      ...indexColumns.map((name, k) => {
        const data = Int32Array.from({ length: to - from }, (_, i) => indices[k](from + i));
        return { ...plain, name, data, type: "INT32" as const };
      }),
      ...columns.map(({ name, chains }) => {
        return { ...plain, name, data: chains[chain].subarray(from, to), type: "DOUBLE" as const };
      }),
    ];
  };
  const writer = new ByteWriter();
  const file = new ParquetWriter({
    writer,
    schema: schemaFromColumnData({ columnData: group(0, 0) }),
    codec: "UNCOMPRESSED", // draws are noise to the last bits, which does not compress
    statistics: false,
    kvMetadata: Object.entries(facts).map(([key, value]) => ({ key, value })),
    createdBy: `marginalia ${version}`,
  });
  const taken = () => {
    const bytes = writer.getBytes().slice();
    writer.index = 0;
    return bytes;
  };
  for (let chain = 0; chain < drawn.chains; chain++)
    for (let from = 0; from < drawn.draws; from += rowGroupSize) {
      file.write({ columnData: group(chain, from), rowGroupSize });
      yield taken();
    }
  file.finish();
  yield taken();
}

const plain = { nullable: false, encoding: "PLAIN" } as const;
