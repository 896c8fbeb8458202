import { describe, expect, it } from 'vitest';
import {
  GoneError,
  translateAnswer,
  translateErrorEvent,
  translateFailure,
} from '../../../src/gitops/kube/translate-status.ts';
import type { KubeCall } from '../../../src/gitops/kube/translate-status.ts';
import { status } from './support/fake-hub.ts';

const call = (verb: KubeCall['verb']): KubeCall => ({
  verb,
  url: 'https://hub/apis/argoproj.io/v1alpha1/namespaces/n/applications/a',
});
const invalidField = status(422, 'Invalid', 'Application "a" is invalid: spec: Required value', {
  causes: [{ reason: 'FieldValueRequired', field: 'spec' }],
});
const failedTest = status(422, 'Invalid', 'the server rejected our request due to an error in our request');

describe('translateAnswer', () => {
  it.each([
    [
      'get',
      400,
      status(400, 'BadRequest', 'no'),
      { code: 'invalid-input', reason: 'RefusedByServer', delivery: 'refused', transient: false },
    ],
    ['get', 401, status(401, 'Unauthorized', 'Unauthorized'), { code: 'access-denied', reason: 'Unauthenticated' }],
    [
      'patch',
      403,
      status(403, 'Forbidden', 'applications is forbidden'),
      { code: 'access-denied', reason: 'Unauthorized' },
    ],
    ['patch', 404, status(404, 'NotFound', 'no a'), { code: 'not-found', delivery: 'refused' }],
    ['update', 409, status(409, 'Conflict', 'modified'), { code: 'conflict' }],
    ['create', 409, status(409, 'AlreadyExists', 'there'), { code: 'conflict' }],
    ['create', 413, 'too big', { code: 'invalid-input', reason: 'TooLarge' }],
    ['patch', 422, failedTest, { code: 'conflict', delivery: 'refused', transient: false }],
    ['patch', 422, invalidField, { code: 'invalid-input', reason: 'RefusedByServer' }],
    ['create', 422, failedTest, { code: 'invalid-input', reason: 'RefusedByServer' }],
    [
      'patch',
      500,
      status(500, 'InternalError', 'etcd'),
      { code: 'unavailable', reason: 'ServerError', delivery: 'unknown', transient: true },
    ],
    ['patch', 503, '<html>gateway</html>', { code: 'unavailable', reason: 'ServerError', transient: true }],
    ['list', 418, 'teapot', { code: 'unavailable', reason: 'ServerError' }],
    ['list', 405, status(405, 'MethodNotAllowed', 'no list'), { code: 'invalid-input' }],
  ] as const)('%s answered with %i', (verb, code, body, expected) => {
    expect(translateAnswer({ status: code, body }, call(verb))).toMatchObject(expected);
  });

  it('takes a list or a watch that is not found for a kind that the hub does not serve', () => {
    for (const verb of ['list', 'watch'] as const)
      expect(translateAnswer({ status: 404, body: '404 page not found' }, call(verb))).toMatchObject({
        code: 'not-found',
        message: expect.stringMatching(/: the hub does not serve this kind$/) as string,
      });
  });

  it.each([
    ['the header', '7', {}, 7_000],
    ['the Status', undefined, { retryAfterSeconds: 3 }, 3_000],
    ['nobody', undefined, {}, undefined],
    ['a date, which is not read', 'Wed, 21 Oct 2026 07:28:00 GMT', {}, undefined],
    ['a header that asks for a day', '86400', {}, 300_000],
  ])('takes the pause of a 429 from %s', (_who, retryAfter, details, expected) => {
    const answer = {
      status: 429,
      body: status(429, 'TooManyRequests', 'slow down', details),
      ...(retryAfter === undefined ? {} : { retryAfter }),
    };
    expect(translateAnswer(answer, call('patch'))).toMatchObject({
      code: 'unavailable',
      transient: true,
      delivery: 'refused',
      retryAfterMs: expected,
    });
  });

  it('makes 410 an error of its own, in an answer and inside a watch', () => {
    expect(translateAnswer({ status: 410, body: status(410, 'Expired', 'old') }, call('list'))).toBeInstanceOf(
      GoneError,
    );
    expect(translateErrorEvent({ kind: 'Status', code: 410, message: 'old' }, call('watch'))).toBeInstanceOf(GoneError);
    expect(translateErrorEvent({ kind: 'Status', message: 'unclear' }, call('watch'))).toMatchObject({
      code: 'unavailable',
      transient: true,
    });
  });
});

describe('translateFailure', () => {
  const failed = (text: string, code: string): Error => Object.assign(new Error(text), { code });
  it.each([
    [
      'get',
      failed('connect ECONNREFUSED 127.0.0.1:1', 'ECONNREFUSED'),
      { code: 'unavailable', delivery: 'not-sent', transient: true },
    ],
    [
      'patch',
      failed('read ECONNRESET', 'ECONNRESET'),
      { code: 'unavailable', reason: 'OutcomeUnknown', delivery: 'unknown' },
    ],
    ['get', failed('read ECONNRESET', 'ECONNRESET'), { code: 'unavailable', reason: 'ServerUnreachable' }],
    [
      'get',
      failed('certificate has expired', 'CERT_HAS_EXPIRED'),
      { code: 'access-denied', reason: 'TlsFailed', transient: true },
    ],
    ['patch', new Error('something odd'), { code: 'unavailable', reason: 'OutcomeUnknown' }],
  ] as const)('%s that failed: %s', (verb, error, expected) => {
    expect(translateFailure(error, call(verb))).toMatchObject(expected);
  });
});
