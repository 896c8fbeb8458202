import { expect, it } from 'vitest';
import { serverText } from '../../../src/commands/shared/change/send-change.ts';

it('asks about a server with brackets around an address of IPv6', () => {
  const settings = { grpcEndpoint: { host: '::1', port: 8090, plaintext: true }, httpEndpoint: 'http://[::1]:8000' };
  expect(serverText({ settings, source: 'maestro-cli' })).toBe('[::1]:8090 as source maestro-cli');
});
