import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readAsReporter } from '../support/reporter.ts';
import { report, type ContainerState, type Reporting } from './support/status-reporter.ts';

/** These texts were run through the real status-reporter's parser; what it made of them is what is expected here. */
describe('the reader takes what the status-reporter takes', () => {
  test.each([
    ['{"status":"success"}', { status: 'True', reason: 'NoReasonProvided', message: 'No message provided' }],
    [
      '{"status":"failure","reason":"Timeout","message":"m","details":["x"],"consumer":"c1"}',
      { status: 'False', reason: 'Timeout', message: 'm' },
    ],
    ['{"STATUS":"success"}', { status: 'True' }],
    ['{"status":"success","reason":null}', { reason: 'NoReasonProvided' }],
    ['{"status":"success","resources":[{"status":"Failed"}],"details":{"status":1}}', { status: 'True' }],
    [JSON.stringify({ status: 'success', message: 'é'.repeat(700) }), { message: 'é'.repeat(512) }],
    [JSON.stringify({ status: 'success', reason: ` ${'r'.repeat(200)} ` }), { reason: 'r'.repeat(128) }],
  ])('%.60s', (text, condition) => {
    expect(readAsReporter(Buffer.from(text))).toMatchObject(condition);
  });

  test.each([
    '',
    'null',
    '[]',
    '{}',
    '{"status":"Applied"}',
    '{"status":"Success"}',
    '{"status":"success","reason":7}',
    '{"status":"success"} x',
    '{"status":"success","Status":"Applied"}',
    '{"status":"succ',
    '{"reason":"x"}',
    '\uFEFF{"status":"success"}',
    `{"status":"success","x":"${'x'.repeat(1_048_576)}"}`,
  ])('and not %.60s', (text) => {
    expect(() => readAsReporter(Buffer.from(text))).toThrow();
  });
});

describe('the condition', () => {
  const success = '{"status":"success","reason":"Applied","message":"m"}';
  const half = '{"status":"succ';
  const ended = (exitCode: number): ContainerState => ({ exitCode });

  test.each<readonly [string, string | undefined, ContainerState, string, 0 | 1]>([
    ['a file, container running', success, 'running', 'Applied', 0],
    ['a file, container failed: the file counts', success, ended(1), 'Applied', 0],
    ['half a file at first sight', half, 'running', 'InvalidResultFormat', 1],
    ['half a file after a failure', half, ended(6), 'AdapterExitedWithError', 1],
    ['no file, failed', undefined, ended(6), 'AdapterExitedWithError', 1],
    ['no file, exit 0', undefined, ended(0), 'AdapterMissingResults', 1],
    ['no file, out of memory', undefined, { exitCode: 137, reason: 'OOMKilled' }, 'AdapterOOMKilled', 1],
    ['no file, running until the deadline', undefined, 'running', 'AdapterTimeout', 1],
  ])('%s', async (_title, text, state, reason, exitCode) => {
    expect(await report({ ...withFile(text), container: () => state })).toMatchObject({
      condition: { reason },
      exitCode,
    });
  });

  test('is final at first sight: a file that becomes whole right after is not read', async () => {
    const options = withFile(half);
    const seen: string[] = [];
    const read = (file: string): Uint8Array => {
      const bytes = readFileSync(file);
      seen.push(bytes.toString());
      writeFileSync(file, success);
      return bytes;
    };
    expect(await report({ ...options, container: () => 'running', read })).toMatchObject({
      condition: { reason: 'InvalidResultFormat' },
    });
    expect(seen).toEqual([half]);
  });

  test('does not read the file again at the deadline', async () => {
    const options = withFile(undefined);
    let looks = 0;
    const container = (): ContainerState => {
      looks += 1;
      if (looks === 1) return 'running';
      writeFileSync(options.file, success);
      return ended(1);
    };
    expect(await report({ ...options, pollMs: 10_000, containerMs: 10_000, maxWaitMs: 30, container })).toMatchObject({
      condition: { reason: 'AdapterExitedWithError' },
      exitCode: 1,
    });
  });
});

function withFile(text: string | undefined): Omit<Reporting, 'container'> {
  const folder = mkdtempSync(join(tmpdir(), 'maestro-cli-reader-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'results.json');
  if (text !== undefined) writeFileSync(file, text);
  return { file, pollMs: 10, containerMs: 50, maxWaitMs: 150 };
}
