export function runEngines(marginalia: unknown, text: string, csv: string): Promise<unknown>;
export function abortChains(marginalia: unknown, text: string, csv: string, workers: number): Promise<unknown>;
