import { describe, expect, it } from 'vitest';
import { parseGrpcEndpoint } from '../../src/clients/connection.ts';
import type { ConnectionSettings, EndpointOrigin } from '../../src/clients/connection.ts';
import { MaestroError } from '../../src/errors.ts';
import { ConnectionTrouble, located, refuseUnchosen } from '../../src/operations/connection-trouble.ts';
import { ManualClock } from '../support/fake-clock.ts';

const byDefault: EndpointOrigin = { from: 'default', name: '' };
const byFlag: EndpointOrigin = { from: 'flag', name: '--http-endpoint' };

function settingsOf(
  origins: Partial<ConnectionSettings['origins']> = {},
): Pick<ConnectionSettings, 'grpcEndpoint' | 'httpEndpoint' | 'origins'> {
  return {
    grpcEndpoint: parseGrpcEndpoint('maestro:8090', { plaintext: true }),
    httpEndpoint: 'http://maestro:8000',
    origins: { grpc: byDefault, http: byDefault, ...origins },
  };
}

const refused = new MaestroError('unavailable', 'cannot reach REST at http://maestro:8000: nothing listens there', {
  reason: 'ServerUnreachable',
  delivery: 'not-sent',
  transient: true,
});
const busy = new MaestroError('unavailable', 'the server answered 503', { transient: true, delivery: 'unknown' });

function troubled(
  origins: Partial<ConnectionSettings['origins']> = {},
  totalMs: number | undefined = 30_000,
): { readonly clock: ManualClock; readonly trouble: ConnectionTrouble; readonly told: readonly string[] } {
  const clock = new ManualClock();
  const told: string[] = [];
  const trouble = new ConnectionTrouble(settingsOf(origins), {
    clock,
    time: { startMs: 0, ...(totalMs > 0 ? { totalMs } : {}) },
    tell: (level, text) => void told.push(`${level}: ${text}`),
  });
  return { clock, trouble, told };
}

describe('a server that cannot be reached', () => {
  it('is told of at the first try, then every five seconds, with how much of the time has passed', async () => {
    const { clock, trouble, told } = troubled({ http: byFlag });
    for (let passedMs = 0; passedMs <= 11_000; passedMs += 500) {
      trouble.failed(refused, 'http');
      await clock.advance(500);
    }
    const text =
      'cannot reach REST at http://maestro:8000: nothing listens there; the address is that of --http-endpoint';
    expect(told).toEqual([
      `warn: ${text}; trying again, 0s of 30s`,
      'info: hint: Is the address right? --http-endpoint or MAESTRO_HTTP_ENDPOINT gives another. maestro-cli doctor shows where the connection ends.',
      `warn: ${text}; trying again, 5s of 30s`,
      `warn: ${text}; trying again, 10s of 30s`,
    ]);
  });

  it('says that it answers again, once, and only when it was told of', async () => {
    const { trouble, told } = troubled();
    trouble.answered('http');
    trouble.failed(busy, 'http');
    trouble.answered('http');
    trouble.answered('http');
    expect(told).toEqual([
      'warn: the server answered 503; trying again, 0s of 30s',
      'info: REST of Maestro answers again',
    ]);
  });

  it('is not promised another try when there is no time for one, and has none to tell where there is no end', async () => {
    const { clock, trouble, told } = troubled();
    await clock.advance(29_500);
    trouble.failed(refused, 'http');
    expect(told).toEqual([]);
    // Commands that take no time have none; one that follows has it without an end.
    for (const endless of [troubled({}, 0), troubled({}, Number.POSITIVE_INFINITY)]) {
      await endless.clock.advance(65_000);
      endless.trouble.failed(busy, 'http');
      expect(endless.told).toEqual(['warn: the server answered 503; trying again, for 1m5s now']);
    }
  });
});

describe('the error at the end', () => {
  it.each<{ title: string; origins: Partial<ConnectionSettings['origins']>; says: string; hint: string }>([
    {
      title: 'names the variable that the address is from',
      origins: { http: { from: 'variable', name: 'MAESTRO_HTTP_ENDPOINT' } },
      says: 'the address is that of MAESTRO_HTTP_ENDPOINT',
      hint: 'maestro-cli doctor',
    },
    {
      title: 'names the context',
      origins: { http: { from: 'context', name: 'prod' } },
      says: 'the address is that of the context "prod"',
      hint: 'maestro-cli doctor',
    },
    {
      title: 'tells whoever gave no address of dev',
      origins: {},
      says: 'that is the default, because no --http-endpoint was given',
      hint: 'maestro-cli dev serves a Maestro to try',
    },
    {
      title: 'tells whoever gave only one of two of the other',
      origins: { grpc: { from: 'flag', name: '--grpc-endpoint' } },
      says: 'that is the default',
      hint: '--grpc-endpoint is given and --http-endpoint is not: give --http-endpoint (or MAESTRO_HTTP_ENDPOINT) too.',
    },
  ])('$title', ({ origins, says, hint }) => {
    const error = located(refused, settingsOf(origins), 'http');
    expect(error.message).toBe(
      `${refused.message}; ${says}${says.endsWith('default') ? ', because no --http-endpoint was given' : ''}`,
    );
    expect(error.commandHint).toContain(hint);
    expect(error).toMatchObject({ code: 'unavailable', reason: 'ServerUnreachable', delivery: 'not-sent' });
  });

  it('is left as it is when somebody answered', () => {
    expect(located(busy, settingsOf(), 'http')).toBe(busy);
  });
});

it('refuses to guess a server where there are contexts and none is in use', () => {
  expect(() => refuseUnchosen({})).not.toThrow();
  expect(() => refuseUnchosen({ unchosen: ['prod', 'stage'] })).toThrow('no context is in use; there are prod, stage');
});
