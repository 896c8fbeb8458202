import { describe, expect, it } from 'vitest';
import { groupReasons } from '../../../src/core/outcome/grouped-reasons.ts';
import { reasonPattern } from '../../../src/core/outcome/reason-pattern.ts';

/** The message with its parts of one work in brackets: `moved to [consumer c1]`. */
function taken(message: string, place: { readonly consumer?: string; readonly name?: string } = {}): string {
  const { pieces } = reasonPattern(message, { consumer: 'cluster-a', name: 'work-a', ...place });
  return pieces.map((piece) => (typeof piece === 'string' ? piece : `[${piece.kind} ${piece.value}]`)).join('');
}

const id = '0f8fad5b-d9cb-469f-a165-70867728950e';

describe('what is of one work only in a message', () => {
  it.each([
    [`request ${id} failed`, `request [uuid ${id}] failed`],
    ['since 2026-11-30T02:00:00Z', 'since [time 2026-11-30T02:00:00Z]'],
    ['since 2026-11-30 02:00:01.5+01:00', 'since [time 2026-11-30 02:00:01.5+01:00]'],
    ['no answer after 1.204s', 'no answer after [time 1.204s]'],
    ['read tcp 10.0.0.1:41234->10.9.0.1:443', 'read tcp [address 10.0.0.1:41234]->[address 10.9.0.1]:443'],
    ['pod web-7d9f8b6c5d-x2x4q crashed', 'pod web-[hash 7d9f8b6c5d-x2x4q] crashed'],
    ['pod web-x2x4q crashed', 'pod web-[hash x2x4q] crashed'],
    ['panic at 0xc000123', 'panic at [hash 0xc000123]'],
    ['image 4f2a9c1d is gone', 'image [hash 4f2a9c1d] is gone'],
    ['web: 1/3 ready', 'web: [count 1/3] ready'],
    ['2 of 3 are up to date', '[count 2 of 3] are up to date'],
    ['version 3 failed, retry 4', 'version [count 3] failed, retry [count 4]'],
    ['2 errors occurred', '[count 2] errors occurred'],
    ['etcd index 123456789', 'etcd index [count 123456789]'],
    ['1234567', '[count 1234567]'],
  ])('%s', (message, expected) => {
    expect(taken(message)).toBe(expected);
  });

  it.each([
    ['codes', 'the server answered 403'],
    ['versions of an API', 'no matches for apps/v1beta1'],
    ['names that only look made up', 'Service svc-https failed'],
    ['words of hexadecimal letters', 'the deadbeef facade'],
  ])('is nothing of %s', (_what, message) => {
    expect(taken(message)).toBe(message);
  });

  it('is an age not even as a mark', () => {
    expect(taken('not ready: x Available=False [3m10s]')).toBe('not ready: x Available=False');
  });
});

describe('the own names of a work in a message', () => {
  const place = { consumer: 'c1', name: 'np-1' };

  it.each([
    ['c1 has no np-1', '[consumer c1] has no [name np-1]'],
    ['namespace ns-c1-np-1 not found', 'namespace ns-[consumer c1]-[name np-1] not found'],
    ['it was moved to c1.', 'it was moved to [consumer c1].'],
    ['c10, vc1 and 1c1 are others', 'c10, vc1 and 1c1 are others'],
    ['no such host c1.example.com, nor www.c1', 'no such host c1.example.com, nor www.c1'],
  ])('with a digit or a dash in them are found wherever no other word goes on: %s', (message, expected) => {
    expect(taken(message, place)).toBe(expected);
  });

  it.each([
    ['namespace web: no room', 'namespace [name web]: no room'],
    ['in ManifestWork web', 'in ManifestWork [name web]'],
    ['webhook "web" denied it', 'webhook "[name web]" denied it'],
    ['web on c2', '[name web] on c2'],
    ['web (of three)', '[name web] (of three)'],
    ['the web is down: no room', 'the web is down: no room'],
    ['nothing of web is ready: no room', 'nothing of web is ready: no room'],
    ['nothing of webs', 'nothing of webs'],
    ['the old web', 'the old web'],
  ])('that are ordinary words are found only where they are called names: %s', (message, expected) => {
    expect(taken(message, { name: 'web' })).toBe(expected);
  });

  it('are told apart where the one is a part of the other', () => {
    const message = 'namespace eu-1-web is gone from eu-1';
    expect(taken(message, { consumer: 'eu-1', name: 'eu-1-web' })).toBe(
      'namespace [name eu-1-web] is gone from [consumer eu-1]',
    );
    expect(taken(message, { consumer: 'eu-1-web', name: 'eu-1' })).toBe(
      'namespace [consumer eu-1-web] is gone from [name eu-1]',
    );
  });

  it('are not looked for where a work has none', () => {
    expect(taken('no room', { consumer: '', name: '' })).toBe('no room');
  });

  it('make two causes where one message is of the cluster and one of the work', () => {
    expect(reasonPattern('no room for c1', place).key).not.toBe(reasonPattern('no room for np-1', place).key);
  });
});

it('groups by patterns that were taken before, and leaves them as they were', () => {
  const works = ['1/3 ready', '2/3 ready'].map((message, index) => {
    const place = { consumer: `c${index}`, name: 'web' };
    return { ...place, message, pattern: reasonPattern(message, place) };
  });
  expect(groupReasons(works).map(({ message }) => message)).toEqual(['… ready']);
  expect(groupReasons(works.slice(0, 1)).map(({ message }) => message)).toEqual(['1/3 ready']);
});
