import { describe, expect, it } from 'vitest';
import type { Delivery, ErrorCode, ErrorReason } from '../../src/errors.ts';
import { HandshakeClosed, ProxyFailure } from '../../src/clients/connection-errors.ts';
import { translateGrpcError, translateHttpAnswer, translateHttpFailure } from '../../src/clients/translate-error.ts';
import { accessSteps, recordedSteps } from './support/recordings.ts';

const grpcFacts = {
  endpoint: { host: 'maestro.example', port: 8090, plaintext: false },
  source: 'maestro-cli',
  consumer: 'cluster1',
  connected: true,
};
const httpFacts = { method: 'GET', url: 'http://maestro.example:8000/api/maestro/v1/resource-bundles', consumer: '' };

interface Expected {
  readonly code: ErrorCode;
  readonly reason: ErrorReason;
  readonly delivery: Delivery;
  readonly transient: boolean;
  readonly hint?: RegExp;
}

const tls = { code: 'access-denied', reason: 'TlsFailed', delivery: 'not-sent', transient: false } as const;
const unreachable = {
  code: 'unavailable',
  reason: 'ServerUnreachable',
  delivery: 'not-sent',
  transient: true,
} as const;
const unauthenticated = {
  code: 'access-denied',
  reason: 'Unauthenticated',
  delivery: 'refused',
  transient: false,
} as const;
const unauthorized = { code: 'access-denied', reason: 'Unauthorized', delivery: 'refused', transient: false } as const;
const lost = { code: 'unavailable', reason: 'OutcomeUnknown', delivery: 'unknown', transient: true } as const;

/** What each recorded refusal of access means; steps that were let in are not here. */
const access: Readonly<Record<string, Expected>> = {
  'mtls-source-not-allowed': { ...unauthorized, hint: /"pub" on the non-resource URL \/sources\/maestro-cli/ },
  'mtls-no-client-certificate': { ...tls, hint: /--grpc-client-cert-file/ },
  'mtls-foreign-certificate': { ...tls, hint: /--grpc-client-cert-file.*CA/ },
  'mtls-no-organisation': { ...unauthenticated, hint: /\(its groups\)/ },
  'unknown-ca': { ...tls, hint: /--grpc-server-ca-file/ },
  'wrong-host': { ...tls, hint: /--grpc-endpoint/ },
  'plaintext-to-tls': { ...unreachable, hint: /starting/ },
  'tls-to-plaintext': { ...tls, hint: /--grpc-plaintext/ },
  'grpc-to-rest-port': { ...unreachable, transient: false, hint: /REST port/ },
  'grpc-to-broker-port': {
    code: 'unavailable',
    reason: 'ServerUnreachable',
    delivery: 'refused',
    transient: false,
    hint: /8091/,
  },
  'closed-port': unreachable,
  'token-source-not-allowed': { ...unauthorized, hint: /\/sources\/maestro-cli/ },
  'token-missing': { ...unauthenticated, hint: /--grpc-client-token-file/ },
  'token-garbage': { ...unauthenticated, hint: /--grpc-client-token-file/ },
};

function checkAgainst(error: ReturnType<typeof translateGrpcError>, { hint, ...expected }: Expected): void {
  expect({ code: error.code, reason: error.reason, delivery: error.delivery, transient: error.transient }).toEqual(
    expected,
  );
  if (hint !== undefined) expect(error.commandHint).toMatch(hint);
  expect(error.message).not.toMatch(/\n|openssl/);
}

describe('recordings/access.json', () => {
  const steps = accessSteps();

  it.each(Object.entries(access))('%s', (name, expected) => {
    const step = steps.find((candidate) => candidate.step === name);
    const publish = translateGrpcError(
      { code: step?.publish?.code ?? -1, details: step?.publish?.message ?? '' },
      grpcFacts,
    );
    checkAgainst(publish, expected);
    const subscribe = translateGrpcError(
      { code: step?.subscribe?.code ?? -1, details: step?.subscribe?.message ?? '' },
      { ...grpcFacts, verb: 'sub' },
    );
    expect(subscribe.code).toBe(publish.code);
    expect(subscribe.reason).toBe(publish.reason);
    expect(subscribe.transient).toBe(publish.transient);
  });

  it('has no other refusals', () => {
    const failed = steps.filter((step) => (step.publish?.code ?? 0) !== 0).map((step) => step.step);
    expect(Object.keys(access)).toEqual(failed);
  });

  it('subscribing asks for the verb sub', () => {
    const error = translateGrpcError(
      { code: 2, details: 'unauthorized to subscribe the event from source x' },
      { ...grpcFacts, verb: 'sub' },
    );
    expect(error.commandHint).toContain('"sub"');
  });

  it('a plaintext client on a TLS port, once the port was found to speak TLS', () => {
    const text = steps.find((step) => step.step === 'plaintext-to-tls')?.publish?.message ?? '';
    checkAgainst(translateGrpcError({ code: 14, details: text }, { ...grpcFacts, plaintextOnTls: true }), {
      ...tls,
      hint: /--grpc-plaintext/,
    });
  });

  it('a server without TLS 1.3', () => {
    const text = steps.find((step) => step.step === 'tls-1.2')?.handshake?.message ?? '';
    checkAgainst(
      translateGrpcError(
        { code: 14, details: `No connection established. Last error: ${text}. Resolution note: ` },
        grpcFacts,
      ),
      {
        ...tls,
        hint: /TLS 1\.3/,
      },
    );
  });
});

const refusedInput = {
  code: 'invalid-input',
  reason: 'RefusedByServer',
  delivery: 'refused',
  transient: false,
} as const;
const ourBug = { code: 'internal', reason: 'InternalError', delivery: 'refused', transient: false } as const;

/** What each recorded refusal of a Publish means. */
const refusals: Readonly<Record<string, Expected>> = {
  'unknown-consumer': {
    code: 'not-found',
    reason: 'ConsumerNotFound',
    delivery: 'refused',
    transient: false,
    hint: /consumer create/,
  },
  'data-not-json': ourBug,
  'manifest-without-kind': refusedInput,
  'manifest-without-name': refusedInput,
  'manifest-without-apiversion': refusedInput,
  'bad-apiversion': refusedInput,
  'generate-name': refusedInput,
  'resource-version-set': refusedInput,
  'bad-label': refusedInput,
  'bad-namespace': refusedInput,
  'duplicate-manifests': refusedInput,
  'unknown-type': ourBug,
  'no-resourceid': ourBug,
  'attributes-without-ce-prefix': ourBug,
  'over-4MiB': { code: 'invalid-input', reason: 'TooLarge', delivery: 'refused', transient: false },
  'create-again-same-id': { code: 'conflict', reason: 'Conflict', delivery: 'refused', transient: false },
  'update-v1': { code: 'conflict', reason: 'Conflict', delivery: 'refused', transient: false },
  'update-stale-v1': { code: 'conflict', reason: 'Conflict', delivery: 'refused', transient: false },
  'update-unknown-id': { code: 'not-found', reason: 'NotFound', delivery: 'refused', transient: false },
  'update-while-deleting': { code: 'conflict', reason: 'BeingDeleted', delivery: 'refused', transient: false },
};

describe('recorded answers to Publish', () => {
  const failed = [...recordedSteps('rejected'), ...recordedSteps('lifecycle')].filter(
    (step) => step.call.startsWith('gRPC') && (step.response?.code ?? 0) !== 0,
  );

  it.each(failed.map((step) => [step.step, step] as const))('%s', (name, step) => {
    const expected = refusals[name];
    if (expected === undefined) throw new Error(`${name} is not in the table`);
    checkAgainst(
      translateGrpcError({ code: step.response?.code ?? -1, details: step.response?.message ?? '' }, grpcFacts),
      expected,
    );
  });

  it('names the latest version of a conflict', () => {
    const details =
      'failed to update resource: maestro-6: the resource version is not the latest, the latest version: 17';
    expect(translateGrpcError({ code: 2, details }, grpcFacts).latestVersion).toBe(17);
  });

  it('says what to do when two create one work at once', () => {
    const details = 'failed to create resource: maestro-6: This Resource already exists';
    expect(translateGrpcError({ code: 2, details }, grpcFacts)).toMatchObject({
      code: 'conflict',
      hint: expect.stringContaining('Run the command again') as string,
    });
  });

  it('names the consumer that is missing', () => {
    const details = 'failed to create resource: maestro-9: … "fk_resources_consumers" (SQLSTATE 23503)';
    expect(translateGrpcError({ code: 2, details }, grpcFacts).message).toBe('the consumer "cluster1" does not exist');
  });
});

describe('other gRPC failures', () => {
  it.each<[string, number, string, boolean, Expected]>([
    ['lost after sending', 14, 'Connection dropped', true, lost],
    ['an upstream that is away', 14, 'upstream connect error or disconnect/reset before headers', true, lost],
    ['never connected', 14, 'whatever', false, unreachable],
    ['no name', 14, 'Name resolution failed for x: getaddrinfo ENOTFOUND x', false, unreachable],
    [
      'refused by all addresses',
      14,
      'No connection established. Last error: Error: connect ECONNREFUSED ::1:1. Resolution note: ',
      true,
      unreachable,
    ],
    [
      'deadline while connecting',
      4,
      'Deadline exceeded after 0.5s,name resolution: 0.001s,Waiting for LB pick',
      true,
      unreachable,
    ],
    ['deadline while resolving', 4, 'Deadline exceeded after 0.5s,waiting for name resolution', false, unreachable],
    ['deadline after sending', 4, 'Deadline exceeded after 2.5s,LB pick: 0.001s,remote_addr=127.0.0.1:1', true, lost],
    ['cancelled', 1, 'Cancelled on client', true, lost],
    ['a broken stream', 13, 'Received RST_STREAM with code 2 (Internal server error)', true, lost],
    ['a stream that never began', 13, 'Failed to start HTTP/2 stream with error x', true, { ...unreachable }],
    [
      'an answer too large to read',
      8,
      'Received message larger than max (808722544 vs 16777216)',
      true,
      { ...lost, transient: false, hint: /proxy/ },
    ],
    [
      'a server error',
      2,
      'failed to create resource: maestro-9: Unable to create Resource: dial tcp: refused',
      true,
      { code: 'unavailable', reason: 'ServerError', delivery: 'refused', transient: false },
    ],
    ['a bad search', 2, 'maestro-21: Failed to parse search query', true, ourBug],
    ['denied by a gateway', 7, 'denied', true, unauthorized],
    [
      'no such service',
      12,
      'unknown service io.cloudevents.v1.CloudEventService',
      true,
      { code: 'unavailable', reason: 'ServerUnreachable', delivery: 'refused', transient: false },
    ],
  ])('%s', (_name, code, details, connected, expected) => {
    checkAgainst(translateGrpcError({ code, details }, { ...grpcFacts, connected }), expected);
  });
});

describe('a connection that failed on its way, which grpc-js tells as text alone', () => {
  const failing = (connectError: Error, last = connectError.message): ReturnType<typeof translateGrpcError> =>
    translateGrpcError(
      { code: 14, details: `No connection established. Last error: ${last}. Resolution note: ` },
      { ...grpcFacts, connected: false, connectError },
    );
  const answered = (status: number): ProxyFailure => new ProxyFailure('http://p:1', { status, path: 'm:1' });

  it.each<[string, Error, Expected]>([
    ['a proxy that wants credentials', answered(407), { ...unauthenticated, delivery: 'not-sent', hint: /proxy URL/ }],
    ['a proxy that refuses', answered(403), { ...unauthorized, delivery: 'not-sent' }],
    ['a proxy that cannot connect', answered(503), unreachable],
    ['a proxy that fails', new ProxyFailure('http://p:1', { cause: new Error('read ECONNRESET') }), unreachable],
    ['a handshake that was broken off', new HandshakeClosed(), unreachable],
  ])('%s', (_name, connectError, expected) => {
    checkAgainst(failing(connectError), expected);
  });

  it('is not taken for what failed after it', () => {
    const error = failing(answered(407), 'connect ECONNREFUSED 127.0.0.1:1');
    checkAgainst(error, unreachable);
    expect(error.message).not.toContain('proxy');
  });

  it('is found behind whatever wraps it', () => {
    const wrapped = new AggregateError([new Error('no answer'), new Error('wrapped', { cause: answered(407) })], '');
    checkAgainst(translateHttpFailure(wrapped, httpFacts), {
      ...unauthenticated,
      delivery: 'not-sent',
      hint: /proxy URL/,
    });
  });
});

describe('REST answers', () => {
  const failed = [...recordedSteps('search'), ...recordedSteps('consumers')].filter(
    (step) => (step.response?.status ?? 200) >= 400 && step.response?.body !== undefined,
  );
  const notThere = { code: 'not-found', reason: 'NotFound', delivery: 'refused', transient: false } as const;
  const elsewhere = {
    code: 'unavailable',
    reason: 'ServerError',
    delivery: 'refused',
    transient: false,
    hint: /--http-endpoint/,
  } as const;
  const expectations: Readonly<Record<string, Expected>> = {
    'bad-syntax': ourBug,
    'unknown-field': ourBug,
    'id-not-uuid': notThere,
    'post-not-allowed': elsewhere,
    'unknown-path': elsewhere,
    'delete-consumer-with-works': {
      code: 'conflict',
      reason: 'Conflict',
      delivery: 'refused',
      transient: false,
      hint: /works first/,
    },
    'create-duplicate': { code: 'conflict', reason: 'Conflict', delivery: 'refused', transient: false },
    'create-invalid-name': refusedInput,
    'create-no-body': ourBug,
    'search-by-label': ourBug,
    'get-missing': { code: 'not-found', reason: 'ConsumerNotFound', delivery: 'refused', transient: false },
  };

  it.each(failed.map((step) => [step.step, step] as const))('%s', (name, step) => {
    const expected = expectations[name];
    if (expected === undefined) throw new Error(`${name} is not in the table`);
    checkAgainst(
      translateHttpAnswer(step.response?.status ?? 0, JSON.stringify(step.response?.body), httpFacts),
      expected,
    );
  });

  it.each<[string, number, string, Expected]>([
    ['an HTML page', 404, '<html>not here</html>', elsewhere],
    ['no token', 401, '', { ...unauthenticated, hint: /--http-token-file/ }],
    ['a gateway that refuses', 403, 'denied', unauthorized],
    [
      'a gateway without server',
      503,
      '<html>',
      { code: 'unavailable', reason: 'ServerError', delivery: 'unknown', transient: true },
    ],
    [
      'too many requests',
      429,
      '',
      { code: 'unavailable', reason: 'ServerError', delivery: 'refused', transient: true },
    ],
    [
      'http on a TLS port',
      400,
      'Client sent an HTTP request to an HTTPS server.\n',
      { ...tls, delivery: 'refused', hint: /https:\/\// },
    ],
    ['a proxy that wants credentials', 407, '', { ...unauthenticated, hint: /proxy URL/ }],
  ])('%s', (_name, status, body, expected) => {
    checkAgainst(translateHttpAnswer(status, body, httpFacts), expected);
  });
});

describe('REST requests without an answer', () => {
  const unread = { ...lost, reason: 'ServerUnreachable' } as const;
  const caused = (message: string, code?: string): Error => {
    const cause = Object.assign(new Error(message), code === undefined ? {} : { code });
    return Object.assign(new Error('request failed', { cause }), { code: 'ERR_OUTER' });
  };
  it.each<[string, Error, Expected]>([
    ['refused', caused('connect ECONNREFUSED 127.0.0.1:1', 'ECONNREFUSED'), unreachable],
    [
      'refused by all addresses',
      new AggregateError([caused('connect ECONNREFUSED ::1:1', 'ECONNREFUSED')], ''),
      unreachable,
    ],
    ['no name', caused('getaddrinfo EAI_AGAIN x', 'EAI_AGAIN'), unreachable],
    ['closed by the server', caused('socket hang up', 'ECONNRESET'), unread],
    ['broken pipe', caused('write EPIPE', 'EPIPE'), unread],
    [
      'an unknown CA',
      caused('self-signed certificate in certificate chain', 'SELF_SIGNED_CERT_IN_CHAIN'),
      { ...tls, hint: /--http-ca-file/ },
    ],
    [
      'another host',
      caused("Hostname/IP does not match certificate's altnames: x", 'ERR_TLS_CERT_ALTNAME_INVALID'),
      { ...tls, hint: /--http-endpoint/ },
    ],
    [
      'https on a plaintext port',
      caused('wrong version number', 'ERR_SSL_WRONG_VERSION_NUMBER'),
      { ...tls, hint: /http:\/\// },
    ],
    [
      'the gRPC port',
      caused('Parse Error: Expected HTTP/', 'HPE_INVALID_CONSTANT'),
      { ...unreachable, transient: false, hint: /gRPC port/ },
    ],
    [
      'a proxy that refuses',
      new ProxyFailure('http://p:1', { status: 403, path: 'm:1' }),
      { ...unauthorized, delivery: 'not-sent' },
    ],
    ['anything else', new Error('what?'), unread],
  ])('%s', (_name, error, expected) => {
    checkAgainst(translateHttpFailure(error, httpFacts), expected);
  });

  it('leave the outcome of a write unknown', () => {
    checkAgainst(translateHttpFailure(caused('socket hang up', 'ECONNRESET'), { ...httpFacts, method: 'POST' }), lost);
  });
});

describe('a server whose database is away', () => {
  const answers = [
    'failed to create resource: maestro-9: Unable to create Resource: failed to connect to `user=maestro database=m`: 127.0.0.1:1 (127.0.0.1): server error: FATAL (SQLSTATE 55000)',
    'failed to delete resource: maestro-26: failed to connect to `user=maestro database=m`: FATAL (SQLSTATE 57P03)%!(EXTRA []string=[])',
  ];
  it.each(answers)('heals, and its write may have been carried out: %s', (details) => {
    const facts = { endpoint: { host: 'h', port: 1, plaintext: true }, source: 's', consumer: 'c', connected: true };
    const error = translateGrpcError({ code: 2, details }, facts);
    expect(error).toMatchObject({ code: 'unavailable', reason: 'ServerError', transient: true, delivery: 'unknown' });
    expect(error.message).not.toMatch(/user=|127\.0\.0\.1/);
  });

  it('heals for REST too', () => {
    const body = JSON.stringify({ kind: 'Error', code: 'maestro-9', reason: 'Unspecified error' });
    const error = translateHttpAnswer(500, body, { method: 'GET', url: 'http://h/x', consumer: '' });
    expect(error).toMatchObject({ code: 'unavailable', transient: true });
  });
});

describe('answers of gRPC that say nothing', () => {
  const facts = { endpoint: { host: 'm', port: 1, plaintext: true }, source: 's', consumer: 'c1', connected: true };

  it.each([
    [
      'that grpc-js cannot read',
      Object.assign(new Error('Received compressed message but "grpc-encoding" header was identity'), { code: 13 }),
      /could not be read: .*grpc-encoding/,
    ],
    ['without a message', { code: 12, details: 'No message received' }, /ended the call without an answer/],
    ['with an unknown status and no text', { code: 99, details: '' }, /did not say why \(gRPC status 99\)/],
  ])('%s leave the outcome unknown, and are no bug of ours', (_what, status, message) => {
    expect(translateGrpcError(status as never, facts)).toMatchObject({
      code: 'unavailable',
      exitCode: 8,
      reason: 'OutcomeUnknown',
      delivery: 'unknown',
      message: expect.stringMatching(message) as string,
    });
  });
});
