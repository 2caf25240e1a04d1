import type { Posterior } from "../posterior/Posterior.js";
import { quantitiesOf } from "../posterior/quantities.js";
import { csvLine } from "./csvLine.js";
import type { ExportedDraws } from "./exportedDraws.js";

/** The columns of a table of draws: chain, draw of the chain and draw of all, as R's posterior names them, and the quantities that have draws. */
export function drawsColumns(posterior: Posterior, { columns }: ExportedDraws) {
  return quantitiesOf(posterior).flatMap(({ name }, k) => {
    const chains = columns[k];
    return chains === null ? [] : [{ name, chains }];
  });
}

export const indexColumns = [".chain", ".iteration", ".draw"] as const;

/** The lines of a table of draws. */
export function* drawsTable(posterior: Posterior, drawn: ExportedDraws): Generator<string, void> {
  const columns = drawsColumns(posterior, drawn);
  yield csvLine([...indexColumns, ...columns.map(({ name }) => name)]);
  for (let chain = 0; chain < drawn.chains; chain++)
    for (let draw = 0; draw < drawn.draws; draw++) {
      const place = [chain + 1, draw + 1, chain * drawn.draws + draw + 1];
      yield csvLine([...place, ...columns.map(({ chains }) => chains[chain][draw])]);
    }
}
