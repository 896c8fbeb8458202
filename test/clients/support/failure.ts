import { MaestroError } from '../../../src/errors.ts';

/** The MaestroError that the promise is rejected with. Fails the test for anything else. */
export async function failureOf(promise: Promise<unknown>): Promise<MaestroError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof MaestroError) return error;
    throw error;
  }
  throw new Error('expected a MaestroError, got none');
}

/** The MaestroError that the call throws. Fails the test for anything else. */
export function thrownBy(call: () => unknown): MaestroError {
  try {
    call();
  } catch (error) {
    if (error instanceof MaestroError) return error;
    throw error;
  }
  throw new Error('expected a MaestroError, got none');
}
