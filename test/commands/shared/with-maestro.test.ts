import { expect, test } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { withMaestro, type MaestroContext, type MaestroSession } from '../../../src/commands/shared/with-maestro.ts';
import type { Maestro } from '../../../src/context.ts';

/** What happened to what a run opened, in order. */
async function closedBy(use: (session: MaestroSession, steps: string[]) => Promise<unknown>): Promise<unknown[]> {
  const steps: string[] = [];
  const maestro = { close: async () => void steps.push('Maestro closed') } as Partial<Maestro> as Maestro;
  const context: MaestroContext = {
    clock: systemClock,
    random: () => 0.5,
    signal: new AbortController().signal,
    stderr: { write: () => undefined, isTTY: false, columns: undefined },
    env: {},
    connect: async () => maestro,
  };
  const options = { timeoutMs: 1000, log: { verbose: false, quiet: false, format: 'text' } } as const;
  const settings = {} as Parameters<MaestroContext['connect']>[0];
  const end = await withMaestro({ ...options, settings }, context, (session) => use(session, steps)).catch(
    (caught: unknown) => caught,
  );
  return [...steps, end];
}

test('a run that ends well gives its result, with Maestro closed behind it', async () => {
  expect(await closedBy(async () => 'result')).toEqual(['Maestro closed', 'result']);
});

test('a run that fails leaves nothing open, what was opened last closed first', async () => {
  const error = new Error('failed');
  const steps = await closedBy(async ({ closeAtEnd }, steps) => {
    for (const name of ['stream', 'journal']) closeAtEnd({ close: async () => void steps.push(`${name} closed`) });
    throw error;
  });
  expect(steps).toEqual(['journal closed', 'stream closed', 'Maestro closed', error]);
});

test('a stream that cannot be closed keeps nothing else open', async () => {
  const error = new Error('cannot close');
  const steps = await closedBy(async ({ closeAtEnd }) => {
    closeAtEnd({ close: () => Promise.reject(error) });
  });
  expect(steps).toEqual(['Maestro closed', error]);
});
