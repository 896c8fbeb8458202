/**
 * Loads what the first Publish would load, for a process that begins with many at once. Where it cannot be loaded, that
 * Publish says so.
 */
export function preloadWriter(): void {
  import('./grpc/writer.ts').catch(() => undefined);
}
