import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ControllerLogOptions, Log } from '../../../src/gitops/run/log.ts';
import { createPinoLog, redacted } from '../../../src/gitops/run/pino-log.ts';

function logTo(options: Partial<ControllerLogOptions> = {}): { readonly log: Log; readonly text: () => string } {
  let text = '';
  const sink = { write: (line: string): void => void (text += line) };
  return {
    log: createPinoLog({ level: 'info', format: 'json', ...options }, sink, () => Date.parse('2026-01-31T12:00:00Z')),
    text: () => text,
  };
}

describe('logs', () => {
  it('are a JSON object a line', () => {
    const { log, text } = logTo();
    log.with({ role: 'leader' }).warn('the stream broke', { attempt: 2, gone: undefined });
    expect(JSON.parse(text())).toEqual({
      level: 'warn',
      time: '2026-01-31T12:00:00.000Z',
      role: 'leader',
      attempt: 2,
      msg: 'the stream broke',
    });
    expect(text()).toMatch(/^[^\n]+\n$/);
  });

  it('are a line of text for people', () => {
    const { log, text } = logTo({ format: 'text' });
    log.info('published', { application: 'argocd/a', note: 'two words' });
    expect(text()).toBe('2026-01-31T12:00:00.000Z info  published application=argocd/a note="two words"\n');
  });

  it.each([
    { level: 'error', said: ['e'] },
    { level: 'warn', said: ['e', 'w'] },
    { level: 'info', said: ['e', 'w', 'i'] },
    { level: 'debug', said: ['e', 'w', 'i', 'd'] },
  ] as const)('at level $level', ({ level, said }) => {
    const { log, text } = logTo({ level });
    log.error('e');
    log.warn('w');
    log.info('i');
    log.debug('d');
    expect(
      text()
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { msg: string }).msg),
    ).toEqual(said);
  });

  it.each([
    ['Authorization: Bearer abcdefghijklmnop', 'Authorization: Bearer [redacted]'],
    ['token eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln refused', 'token [redacted] refused'],
    ['http://user:pass@proxy:3128/ refused', 'http://[redacted]@proxy:3128/ refused'],
    ['GET https://hub:6443/api failed', 'GET https://hub:6443/api failed'],
  ])('%s', (given, shown) => {
    expect(redacted(given)).toBe(shown);
    const { log, text } = logTo();
    log.info(given, { detail: given });
    expect(JSON.parse(text())).toMatchObject({ msg: shown, detail: shown });
  });

  it('never show the value of a field that is named like a secret', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('token', 'grpcToken', 'client_secret', 'Authorization', 'password', 'private_key'),
        fc.stringMatching(/^[A-Z]{12,20}$/),
        (name, value) => {
          const { log, text } = logTo();
          log.with({ [name]: value }).info('x', { [name]: value });
          expect(text()).not.toContain(value);
        },
      ),
    );
  });
});
