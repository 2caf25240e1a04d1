import { DESCRIPTOR } from "../../src/kernel/descriptor.js";
import type { Region } from "../../src/kernel/layout.js";

/** All memory from the descriptor on that belongs to no buffer; below it are the module's own tables. */
export function guardZones(regions: readonly Region[], end: number): Region[] {
  const zones: Region[] = [];
  let address = DESCRIPTOR;
  for (const region of [...regions].sort((a, b) => a.address - b.address)) {
    zones.push({ address, bytes: region.address - address });
    address = region.address + region.bytes;
  }
  return [...zones, { address, bytes: end - address }];
}
