import type { CallOptions } from '../../clients/index.ts';

/** Limits for one call to the hub or to Maestro. */
export function callLimits(
  deps: { readonly clock: { monotonicMs(): number }; readonly settings: { readonly callTimeoutMs: number } },
  signal: AbortSignal,
): CallOptions {
  return { signal, deadlineMs: deps.clock.monotonicMs() + deps.settings.callTimeoutMs };
}
