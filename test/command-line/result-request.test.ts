import { describe, expect, it } from 'vitest';
import { requestedResult } from '../../src/command-line/result-request.ts';
import { scanArgv } from '../../src/command-line/scan-argv.ts';
import { grammar } from '../../src/commands/index.ts';

const asked = (
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
): ReturnType<typeof requestedResult> => requestedResult(scanArgv(argv, grammar), env, '/work');

const byEnv = { RESULTS_PATH: '/results/r.json' };
const statusResult = { path: '/results/r.json', format: 'status-result' };

describe('which commands take RESULTS_PATH', () => {
  it.each([
    { argv: ['apply', '-f', 'w.yaml'], expected: statusResult },
    { argv: ['wait', '--name=w'], expected: statusResult },
    { argv: ['delete', '--name=w'], expected: statusResult },
    { argv: ['--quiet', 'apply'], expected: statusResult },
    { argv: ['--grpc-endpoint', 'list', 'apply'], expected: statusResult },
    { argv: ['-o', 'json', '--timeout', '3s', 'apply'], expected: statusResult },
    { argv: ['--consumer', 'c1', 'apply', '-f', 'w.yaml'], expected: statusResult },
    { argv: ['list'], expected: undefined },
    { argv: ['get', '--name=w', '--consumer=c'], expected: undefined },
    { argv: ['list', '-c', 'apply'], expected: undefined },
    { argv: ['get', '-n', 'wait', '-c', 'c1'], expected: undefined },
    { argv: ['consumer', 'delete', 'c1'], expected: undefined },
    { argv: ['consumer', 'get', 'apply'], expected: undefined },
    { argv: ['version'], expected: undefined },
    { argv: ['dev'], expected: undefined },
    { argv: [], expected: undefined },
    { argv: ['help', 'apply'], expected: undefined },
    { argv: ['apply', '--help'], expected: undefined },
  ])('$argv', ({ argv, expected }) => {
    expect(asked(argv, byEnv)).toEqual(expected);
  });

  it('takes an empty RESULTS_PATH as none', () => {
    expect(asked(['apply'], { RESULTS_PATH: '' })).toBeUndefined();
  });
});

describe('--results-path', () => {
  it.each([
    { argv: ['list', '--results-path=/a.json'], path: '/a.json' },
    { argv: ['list', '--results-path', '/a.json'], path: '/a.json' },
    { argv: ['--results-path', '/a.json', 'list'], path: '/a.json' },
    { argv: ['apply', '--results-path=out/a.json'], path: '/work/out/a.json' },
    { argv: ['apply', '--results-path=a=b.json'], path: '/work/a=b.json' },
    { argv: ['nonsense', '--results-path=/a.json'], path: '/a.json' },
  ])('$argv, before RESULTS_PATH', ({ argv, path }) => {
    expect(asked(argv, byEnv)).toMatchObject({ path });
  });
});

describe('a file that is named for something else', () => {
  it.each([
    [['apply', '-f', 'w.json', '--results-path=w.json']],
    [['apply', '-fw.json', '--results-path', './w.json']],
    [['apply', '--manifest-file=w.json', '--results-path=/work/w.json']],
    [['apply', '--journal', 'w.json', '-f', 'x', '--results-path', 'w.json']],
    [['apply', '--consumers-from=w.json', '--results-path=w.json']],
    [['validate', 'w.json', '--results-path=w.json']],
    [['validate', '--strict', 'other.json', 'w.json', '--results-path=w.json']],
    [['apply', '-vf', 'w.json', '--results-path=w.json']],
  ])('is not taken for the result, which would remove it first: %j', (argv) => {
    expect(() => asked(argv)).toThrow(
      expect.objectContaining({
        code: 'usage',
        reason: 'UnwritableResult',
        message: expect.stringContaining('w.json') as string,
      }),
    );
  });

  it('is not taken for that of RESULTS_PATH either', () => {
    expect(() => asked(['apply', '-f', '/results/r.json'], byEnv)).toThrow(/written over \/results\/r.json/);
  });

  it.each([
    [['apply', '-f', '.', '--results-path=r.json']],
    [['watch', '--watch', '--results-path=watch']],
    [['consumer', 'create', 'c1', '--results-path=c1']],
    [['apply', '-n', 'job', '-f', 'w.yaml', '--results-path=job']],
    [['apply', '-o', 'json', '-f', 'w.yaml', '--results-path=json']],
    [['validate', '-f', '/dev/stdout', '--results-path=/dev/stdout']],
  ])('is not what %j has', (argv) => {
    expect(asked(argv)).toBeDefined();
  });
});

it('leaves it to who opens it to tell of a path that cannot be looked at', () => {
  const long = 'x'.repeat(300);
  expect(asked(['list', `--results-path=${long}`])).toMatchObject({ path: `/work/${long}` });
  expect(() => asked(['apply', '-f', long, `--results-path=${long}`])).toThrow(
    expect.objectContaining({ code: 'usage', reason: 'UnwritableResult' }),
  );
});

describe('the format', () => {
  it.each([
    { argv: ['apply'], env: {}, format: 'status-result' },
    { argv: ['apply'], env: { MAESTRO_RESULTS_FORMAT: 'adapter-result' }, format: 'adapter-result' },
    {
      argv: ['apply', '--results-format=status-result'],
      env: { MAESTRO_RESULTS_FORMAT: 'adapter-result' },
      format: 'status-result',
    },
    { argv: ['apply', '--results-format', 'adapter-result'], env: {}, format: 'adapter-result' },
    { argv: ['apply'], env: { MAESTRO_RESULTS_FORMAT: '' }, format: 'status-result' },
  ])('$argv with $env is $format', ({ argv, env, format }) => {
    expect(asked(argv, { ...byEnv, ...env })).toEqual({ path: '/results/r.json', format });
  });

  it('remembers an unknown one as the error of the run, and still knows the path', () => {
    expect(asked(['apply', '--results-format=xml'], byEnv)).toMatchObject({
      path: '/results/r.json',
      format: undefined,
      formatError: {
        code: 'usage',
        message: '--results-format does not know "xml"',
        hint: 'Use one of: status-result, adapter-result.',
      },
    });
  });
});
