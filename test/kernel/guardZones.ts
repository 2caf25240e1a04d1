import type { Region } from "../../src/kernel/layout.js";

/** All memory that belongs to no buffer. */
export function guardZones(regions: readonly Region[], end: number): Region[] {
  const zones: Region[] = [];
  let address = 0;
  for (const region of [...regions].sort((a, b) => a.address - b.address)) {
    zones.push({ address, bytes: region.address - address });
    address = region.address + region.bytes;
  }
  return [...zones, { address, bytes: end - address }];
}
