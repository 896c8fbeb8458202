import { expect } from 'vitest';
import { MaestroError } from '../../src/errors.ts';

/** The usage error of a parse: its message, for tables. */
export function usageErrorOf(parse: () => unknown): MaestroError {
  try {
    parse();
  } catch (error) {
    expect(error).toBeInstanceOf(MaestroError);
    expect(error).toMatchObject({ code: 'usage' });
    return error as MaestroError;
  }
  throw new Error('it was taken');
}
