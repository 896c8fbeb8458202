import { MaestroError } from '../errors.ts';

/** Runs a call of the library; whatever it throws is a MaestroError. */
export async function guarded<T>(call: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  try {
    return await call();
  } catch (caught) {
    throw MaestroError.thrownUnder(signal, caught);
  }
}

/** The same for what is iterated over. */
export async function* guardedEach<T>(make: () => AsyncIterable<T>, signal?: AbortSignal): AsyncGenerator<T> {
  try {
    yield* make();
  } catch (caught) {
    throw MaestroError.thrownUnder(signal, caught);
  }
}
