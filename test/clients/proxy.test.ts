import { describe, expect, it } from 'vitest';
import { matchesNoProxy, proxyFor, proxySettings } from '../../src/clients/proxy.ts';
import { thrownBy } from './support/failure.ts';

describe('matchesNoProxy', () => {
  it.each([
    ['maestro.example', 8090, '*', true],
    ['maestro.example', 8090, 'example', true],
    ['maestro.example', 8090, 'maestro.example', true],
    ['maestro.example', 8090, 'MAESTRO.example.', true],
    ['maestro.example', 8090, '.example', true],
    ['example', 8090, '.example', false],
    ['maestro.example', 8090, '*.example', true],
    ['badexample', 8090, 'example', false],
    ['maestro.example', 8090, 'other, maestro.example', true],
    ['maestro.example', 8090, 'other maestro.example', true],
    ['maestro.example', 8090, 'maestro.example:8090', true],
    ['maestro.example', 8000, 'maestro.example:8090', false],
    ['10.1.2.3', 8090, '10.0.0.0/8', true],
    ['11.1.2.3', 8090, '10.0.0.0/8', false],
    ['10.1.2.3', 8090, '10.1.2.3', true],
    ['10.1.2.3', 8090, '10.1.2.3:8090', true],
    ['10.1.2.3', 8090, '10.1.2.30', false],
    ['fd00::5', 8090, 'fd00::/8', true],
    ['fd00::5', 8090, '10.0.0.0/8', false],
    ['fd00::5', 8090, '[fd00::5]:8090', true],
    ['fd00::5', 8090, 'fd00:0::5', true],
    ['::ffff:10.1.2.3', 8090, '10.0.0.0/8', true],
    ['maestro.example', 8090, '10.0.0.0/8', false],
    ['maestro.example', 8090, 'nonsense/99', false],
    ['maestro.example', 8090, '', false],
  ])('%s:%i against "%s" is %s', (host, port, noProxy, expected) => {
    expect(matchesNoProxy({ host, port }, noProxy)).toBe(expected);
  });
});

describe('proxyFor', () => {
  const settings = { httpProxy: 'http://plain.example:3128', httpsProxy: 'secure.example' };

  it.each([
    [{ HTTP_PROXY: 'http://upper:1', http_proxy: 'http://lower:1' }, { httpProxy: 'http://lower:1' }],
    [{ HTTP_PROXY: 'http://upper:1', http_proxy: '' }, { httpProxy: 'http://upper:1' }],
    [{ HTTP_PROXY: '', http_proxy: 'http://lower:1' }, { httpProxy: 'http://lower:1' }],
    [{ HTTPS_PROXY: 'http://upper:1' }, { httpsProxy: 'http://upper:1' }],
    [
      { https_proxy: 'http://lower:1', NO_PROXY: 'a', no_proxy: 'b' },
      { httpsProxy: 'http://lower:1', noProxy: 'b' },
    ],
    [{ HTTP_PROXY: '', HTTPS_PROXY: '', NO_PROXY: '' }, {}],
  ])('reads %j: lower case goes first, and an empty value hides nothing', (env, settings) => {
    expect(proxySettings(env)).toEqual(settings);
  });

  it('goes by HTTPS_PROXY for TLS and by HTTP_PROXY for plaintext', () => {
    expect(proxyFor({ host: 'm', port: 1, tls: true }, settings)).toMatchObject({
      host: 'secure.example',
      port: 80,
      tls: false,
    });
    expect(proxyFor({ host: 'm', port: 1, tls: false }, settings)).toMatchObject({ host: 'plain.example', port: 3128 });
  });

  it.each(['localhost', '127.0.0.1', '127.9.9.9', '::1', 'x.localhost'])('never uses a proxy for %s', (host) => {
    expect(proxyFor({ host, port: 1, tls: true }, settings)).toBeUndefined();
  });

  it('carries credentials in the header only', () => {
    const proxy = proxyFor({ host: 'm', port: 1, tls: true }, { httpsProxy: 'https://me:p%40ss@proxy.example' });
    expect(proxy).toMatchObject({ port: 443, tls: true, label: 'https://proxy.example:443' });
    expect(proxy?.authorization).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`);
  });

  it.each(['socks5://me:hunter2@proxy', 'http://'])('refuses %s without showing it', (httpsProxy) => {
    const error = thrownBy(() => proxyFor({ host: 'm', port: 1, tls: true }, { httpsProxy }));
    expect(error.code).toBe('usage');
    expect(error.message).toContain('HTTPS_PROXY');
    expect(error.message).not.toContain('hunter2');
  });
});
