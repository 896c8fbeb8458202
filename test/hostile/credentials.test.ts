import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseGrpcEndpoint, parseHttpEndpoint } from '../../src/clients/index.ts';
import { shownEndpoint } from '../../src/clients/connection.ts';
import { toYaml } from '../../src/output/yaml.ts';
import { emptyFolder, runCli, type CliRun } from '../support/run-cli.ts';
import { workYaml } from '../commands/support/works.ts';
import { Tally } from './support/tally.ts';

const secret = 'S3cr3tW0rd';

/** Every place of an endpoint that a password or a token has been seen in, well-formed or not. */
const forms: readonly ((scheme: string, secret: string, host: string) => string)[] = [
  (scheme, word, host) => `${scheme}u:${word}@${host}`,
  (scheme, word, host) => `${scheme}${word}@${host}`,
  (scheme, word, host) => `${scheme}:${word}@${host}`,
  (scheme, word, host) => `${scheme}u:${word}/x@${host}`,
  (scheme, word, host) => `${scheme}u:a/${word}@${host}`,
  (scheme, word, host) => `${scheme}u:a@${word}@${host}`,
  (scheme, word, host) => `${scheme}u:${word}#@${host}`,
  (scheme, word, host) => `${scheme}u:${word}?@${host}`,
  (scheme, word, host) => `${scheme}u:${word} @${host}`,
  (scheme, word, host) => `${scheme}u:%20${word}%@${host}`,
  (scheme, word, host) => `${scheme}u%3A${word}%40${host}`,
  (scheme, word, host) => `${scheme}u:${word}:${host}`,
  (scheme, word) => `${scheme}u:${word}`,
  (scheme, word, host) => `${scheme}${host}?token=${word}`,
  (scheme, word, host) => `${scheme}${host}/?access_token=${word}`,
  (scheme, word, host) => `${scheme}${host}/base?a=b&token=${word}`,
  (scheme, word, host) => `${scheme}${host}#${word}`,
  (scheme, word, host) => `${scheme}${host};token=${word}`,
  (scheme, word, host) => `${scheme}${host}/;token=${word}`,
  (scheme, word, host) => `${scheme}${host}\\${word}`,
  (scheme, word, host) => `${scheme}u:${word}＠${host}`,
  (_scheme, word, host) => `//u:${word}@${host}`,
  (_scheme, word, host) => `http:u:${word}@${host}`,
  (_scheme, word, host) => `http:/u:${word}@${host}`,
  (_scheme, word, host) => `ftp://u:${word}@${host}`,
];
const schemes = ['', 'HTTP://', 'grpcs://'];
const endpoints = forms.flatMap((form) => schemes.map((scheme) => form(scheme, secret, '127.0.0.1:1')));

function expectUntold(run: CliRun): void {
  const told = [
    run.stdout,
    run.stderr,
    ...Object.entries(run.files)
      .filter(([name]) => name === 'result.json')
      .map(([, text]) => text),
  ].join('\n');
  if (told.includes(secret)) throw new Error(told.slice(0, 500));
}

describe('credentials in endpoints', () => {
  it('are told nowhere, whatever they look like and wherever they come from', async () => {
    const tally = new Tally('credentials in endpoints');
    const folder = emptyFolder();
    writeFileSync(join(folder, 'w.yaml'), workYaml('w'));
    const commands: readonly (readonly string[])[] = [
      ['apply', '-f', 'w.yaml', '-c', 'c1', '--results-path=result.json'],
      ['list', '-A', '-v', '-o', 'json'],
      ['doctor'],
      ['doctor', '-o', 'json'],
    ];
    let turn = 0;
    for (const endpoint of [...new Set(endpoints)]) {
      for (const side of ['grpc', 'http']) {
        const variable = `MAESTRO_${side.toUpperCase()}_ENDPOINT`;
        const config = join(folder, 'config.yaml');
        writeFileSync(config, toYaml({ 'current-context': 'a', contexts: { a: { [`${side}-endpoint`]: endpoint } } }));
        const ways: readonly (readonly [string, readonly string[], Record<string, string>])[] = [
          ['flag', [`--${side}-endpoint=${endpoint}`], {}],
          ['environment', [], { [variable]: endpoint }],
          ['context', [`--config=${config}`, '--context=a'], {}],
        ];
        // In turn: they all read settings in one place.
        turn += 1;
        const argv = commands[turn % commands.length] ?? [];
        for (const [way, flags, env] of ways.slice(turn % ways.length).slice(0, 1)) {
          await tally.hold(`${way} ${argv[0]} ${side} ${endpoint}`, async () =>
            expectUntold(await runCli([...argv, ...flags, '--timeout=50ms'], { cwd: folder, env })),
          );
        }
        for (const argv of [
          ['config', 'view'],
          ['config', 'view', '-o', 'json'],
          ['config', 'get-contexts'],
        ]) {
          await tally.hold(`${argv.join(' ')} ${endpoint}`, async () =>
            expectUntold(await runCli([...argv, `--config=${config}`], { cwd: folder })),
          );
        }
        await tally.hold(`config set-context ${endpoint}`, async () =>
          expectUntold(
            await runCli(
              [
                'config',
                'set-context',
                'n',
                `--${side}-endpoint=${endpoint}`,
                `--config=${join(folder, 'other.yaml')}`,
              ],
              { cwd: folder },
            ),
          ),
        );
        await tally.hold(`job render ${endpoint}`, async () =>
          expectUntold(
            await runCli(
              ['job', 'render', 'apply', '--event-id=e1', '-c', 'c1', '-f', 'w.yaml', `--${side}-endpoint=${endpoint}`],
              { cwd: folder },
            ),
          ),
        );
      }
    }
    tally.expectAllHeld();
  }, 60_000);

  it('of a proxy are told nowhere', async () => {
    const tally = new Tally('credentials in proxies');
    for (const proxy of [...new Set(endpoints)]) {
      for (const argv of [['list', '-A', '-v'], ['doctor']]) {
        await tally.hold(`${argv.join(' ')} by ${proxy}`, async () =>
          expectUntold(
            await runCli(
              [
                ...argv,
                '--http-endpoint=http://maestro.invalid:8000',
                '--grpc-endpoint=grpc://maestro.invalid:8090',
                '--timeout=50ms',
              ],
              { env: { HTTP_PROXY: proxy } },
            ),
          ),
        );
      }
    }
    tally.expectAllHeld();
  }, 60_000);

  it('are never shown, nor taken for an endpoint, in any text that can be put together', () => {
    const part = fc.constantFrom(
      'u',
      ':',
      '@',
      '/',
      '//',
      '?',
      '#',
      '%',
      ';',
      '=',
      ' ',
      '\\',
      'http://',
      'grpcs://',
      'h',
      '1',
      '[',
      ']',
      '.',
      secret,
      'token',
    );
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 10 }).map((parts) => parts.join('')),
        (made) => {
          const messages = [() => parseHttpEndpoint(made), () => parseGrpcEndpoint(made, { plaintext: true })].map(
            (parse) => {
              try {
                return JSON.stringify(parse());
              } catch (error) {
                return (error as Error).message;
              }
            },
          );
          // With nothing around that marks it, a word is the name of a host, of a path or of a scheme.
          const marked = /[@?#;=%\\ ]/.test(made) && made.includes(secret);
          if (!marked) return;
          const [http = '', grpc = ''] = messages;
          const afterLastAt = made.slice(made.lastIndexOf('@') + 1);
          for (const message of [http, grpc, shownEndpoint(made)])
            if (message.includes(secret)) expect(afterLastAt).toContain(secret);
        },
      ),
      { numRuns: 2_000, examples: [[`${secret}grpcs://@u`], [`${secret}://u?h`]] },
    );
  });

  it('leave an endpoint that has none as it is', () => {
    for (const endpoint of [
      'h:1',
      '[::1]:8090',
      '::1:8090',
      'grpcs://maestro.svc:8090',
      'http://h/api/v1/namespaces/m/services/maestro:8000/proxy',
      'https://h:8443/base',
    ]) {
      expect(shownEndpoint(endpoint)).toBe(endpoint);
    }
    expect(shownEndpoint('https://u:p@m:1')).toBe('https://***@m:1');
  });
});
