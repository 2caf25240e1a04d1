export function runEngines(marginalia: unknown, text: string, csv: string): Promise<unknown>;
export function abortChains(marginalia: unknown, text: string, csv: string, workers: number): Promise<unknown>;
export function abortEngines(marginalia: unknown): Promise<unknown>;
export function runPlugins(marginalia: unknown, folder: string): Promise<unknown>;
export function refusePlugins(marginalia: unknown, folder: string): Promise<unknown>;
