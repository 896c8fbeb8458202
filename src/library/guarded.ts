import { MaestroError } from '../errors.ts';

/** What leaves the library is a MaestroError, or the reason of the signal that was given. */
export function thrownByLibrary(caught: unknown, signal?: AbortSignal): unknown {
  if (signal?.aborted === true && caught === signal.reason) return caught;
  return MaestroError.from(caught);
}

/** Runs a call of the library; whatever it throws is what the library may throw. */
export async function guarded<T>(call: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  try {
    return await call();
  } catch (caught) {
    throw thrownByLibrary(caught, signal);
  }
}

/** The same for what is iterated over. */
export async function* guardedEach<T>(make: () => AsyncIterable<T>, signal?: AbortSignal): AsyncGenerator<T> {
  try {
    yield* make();
  } catch (caught) {
    throw thrownByLibrary(caught, signal);
  }
}
