import { MaestroError } from '../errors.ts';

/**
 * What leaves the library is a MaestroError; one that a signal caused has the code `interrupted`, and the signal's
 * reason as its cause.
 */
export function thrownByLibrary(caught: unknown, signal?: AbortSignal): MaestroError {
  return signal?.aborted === true && caught === signal.reason
    ? MaestroError.fromAbort(signal)
    : MaestroError.from(caught);
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
