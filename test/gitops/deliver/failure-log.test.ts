import { expect, test } from 'vitest';
import { MaestroError } from '../../../src/errors.ts';
import { FailureLog } from '../../../src/gitops/deliver/failure-log.ts';
import { ManualClock } from '../../support/fake-clock.ts';
import { recordingLog, type LogLine } from '../run/support/fakes.ts';

test('of failures with one cause one is named every ten seconds, with the number of the others; each of another kind is', async () => {
  const lines: LogLine[] = [];
  const clock = new ManualClock();
  const codes: string[] = [];
  const metrics = { reconcileFailed: (code: string) => void codes.push(code) };
  const log = new FailureLog({ clock, metrics: metrics as never, log: recordingLog(lines) });
  const away = new MaestroError('unavailable', 'nothing listens there');
  for (const name of ['a', 'b', 'c']) log.add(name, away, 500);
  log.add('own', new MaestroError('invalid-input', 'too large'), 500);
  log.add('overtaken', new MaestroError('conflict', 'another version is stored'), 500);
  await clock.advance(10_000);
  log.add('d', away, 1_000.4);
  const warned = lines.filter(({ level }) => level === 'warn').map(({ fields }) => fields);
  expect(warned).toMatchObject([
    { application: 'a', code: 'unavailable', againInMs: 500 },
    { application: 'own', code: 'invalid-input' },
    { application: 'd', othersSince: 2, againInMs: 1_000 },
  ]);
  expect(lines.filter(({ level }) => level === 'debug')).toHaveLength(3);
  expect(codes).toHaveLength(6);
});
