import { oneLine } from '../../core/shown-text.ts';
import { connectFault, errorText } from '../../clients/connect-fault.ts';
import { isJsonObject, parseWireJson } from '../../core/json.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import { MaestroError } from '../../errors.ts';
import type { ErrorCode, MaestroErrorOptions } from '../../errors.ts';
import type { KubeCallFact } from './kube-api.ts';
import { objectAt, textAt } from '../../core/json-fields.ts';
import { shortened } from '../../core/text.ts';

/**
 * The resource version or the continue token has been compacted away: only a
 * new list helps. The reflector makes one; elsewhere it is an error that heals.
 */
export class GoneError extends MaestroError {
  constructor(message: string, cause?: unknown) {
    super('unavailable', message, { reason: 'ServerError', transient: true, delivery: 'refused', cause });
    this.name = 'GoneError';
  }
}

/** What was asked, for the message. */
export interface KubeCall {
  readonly verb: KubeCallFact['verb'];
  /** Full URL without the query. */
  readonly url: string;
}

export interface KubeAnswer {
  /** The HTTP status, or the code of a Status inside a watch. */
  readonly status: number;
  readonly body: string;
  /** Value of `Retry-After`, when there is one. */
  readonly retryAfter?: string;
}

/**
 * Makes a MaestroError of an answer that is no success. The body is a Kubernetes `Status`, unless something else
 * answered.
 */
export function translateAnswer(answer: KubeAnswer, call: KubeCall): MaestroError {
  return translateStatus(statusIn(answer.body), answer, call);
}

/** Makes a MaestroError of the object of an ERROR event, in a watch that began well. */
export function translateErrorEvent(status: JsonObject, call: KubeCall): MaestroError {
  const code = typeof status['code'] === 'number' ? status['code'] : 500;
  return translateStatus(status, { status: code, body: '' }, call);
}

/** Answers that say by their status alone what they mean. */
const refusals: Readonly<
  Record<number, Pick<MaestroErrorOptions, 'reason' | 'hint'> & { readonly code: ErrorCode; readonly says: string }>
> = {
  400: { code: 'invalid-input', says: 'the hub refused the request', reason: 'RefusedByServer' },
  401: {
    code: 'access-denied',
    says: 'not authenticated (401)',
    reason: 'Unauthenticated',
    hint: 'Token or client certificate of the hub are missing or have expired; files are read again within half a minute.',
  },
  403: {
    code: 'access-denied',
    says: 'forbidden (403)',
    reason: 'Unauthorized',
    hint: 'Compare the ClusterRole and Role of this process with those of the chart.',
  },
  404: { code: 'not-found', says: 'not found' },
  409: { code: 'conflict', says: 'changed meanwhile, or there already' },
  413: { code: 'invalid-input', says: 'too large for the hub', reason: 'TooLarge' },
};

function translateStatus(status: JsonObject | undefined, answer: KubeAnswer, call: KubeCall): MaestroError {
  const where = `${call.verb} ${call.url}`;
  const said = status === undefined ? excerpt(answer.body) : textAt(status, 'message');
  const words = said === '' ? '' : `: ${said}`;
  const answered: MaestroErrorOptions = { delivery: 'refused', cause: `HTTP ${answer.status}` };
  const retryAfterMs = retryAfterOf(answer.retryAfter, status);
  const again = {
    ...answered,
    reason: 'ServerError',
    transient: true,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  } as const;
  if (answer.status === 410) return new GoneError(`${where}: too old by now${words}`, `HTTP ${answer.status}`);
  if (answer.status === 422) return unprocessable(status, { words, where, verb: call.verb }, answered);
  if (answer.status === 429)
    return new MaestroError('unavailable', `${where}: the hub asks for fewer requests (429)${words}`, again);
  // A list of nothing is empty: only a kind that is not served is not found.
  if (answer.status === 404 && (call.verb === 'list' || call.verb === 'watch'))
    return new MaestroError('not-found', `${where}: the hub does not serve this kind`, {
      ...answered,
      hint: 'Install its definition there, or reach another hub by another kubeconfig or context.',
    });
  const refusal = refusals[answer.status];
  if (refusal !== undefined) {
    const { code, says, ...more } = refusal;
    return new MaestroError(code, `${where}: ${says}${words}`, { ...answered, ...more });
  }
  if (status === undefined && answer.status < 500) {
    return new MaestroError(
      'unavailable',
      `something other than the Kubernetes API answers at ${call.url} (${answer.status})${words}`,
      again,
    );
  }
  if (answer.status < 500) {
    return new MaestroError('invalid-input', `${where}: the hub refused the request (${answer.status})${words}`, {
      ...answered,
      reason: 'RefusedByServer',
    });
  }
  return new MaestroError('unavailable', `${where}: the hub failed (${answer.status})${words}`, {
    ...again,
    delivery: 'unknown',
  });
}

/**
 * A patch whose `test` failed, or whose path is gone, is a 422 without the name
 * of a field; an object that the schema refuses names its fields.
 */
function unprocessable(
  status: JsonObject | undefined,
  { words, where, verb }: { readonly words: string; readonly where: string; readonly verb: KubeCall['verb'] },
  answered: MaestroErrorOptions,
): MaestroError {
  const causes = status === undefined ? undefined : objectAt(status, 'details')['causes'];
  const namesFields =
    Array.isArray(causes) && causes.some((cause: JsonValue) => isJsonObject(cause) && textAt(cause, 'field') !== '');
  if (verb === 'patch' && !namesFields && !/ is invalid: /.test(words)) {
    return new MaestroError(
      'conflict',
      `${where}: the object is no longer what the patch was made for${words}`,
      answered,
    );
  }
  return new MaestroError('invalid-input', `${where}: the hub refused the object${words}`, {
    ...answered,
    reason: 'RefusedByServer',
  });
}

/** A 403: the hub gives us no right to do that. A 401 is not: it says that credentials have expired. */
export function isForbidden(error: unknown): boolean {
  return error instanceof MaestroError && error.code === 'access-denied' && error.reason === 'Unauthorized';
}

/** The hub has too much to do: a 429, with or without a time to wait, or another answer that names one. */
export function asksForFewer(error: MaestroError): boolean {
  return error.retryAfterMs !== undefined || (error.reason === 'ServerError' && error.delivery === 'refused');
}

/** Makes a MaestroError of a request that got no answer. */
export function translateFailure(error: unknown, call: KubeCall): MaestroError {
  if (error instanceof MaestroError) return error;
  const text = errorText(error);
  const where = `${call.verb} ${call.url}`;
  const isRead = call.verb === 'get' || call.verb === 'list' || call.verb === 'watch';
  const unanswered = {
    reason: isRead ? 'ServerUnreachable' : 'OutcomeUnknown',
    transient: true,
    delivery: 'unknown',
    cause: error,
  } as const;
  const fault = connectFault(error, 'http');
  if (fault === undefined) return new MaestroError('unavailable', `${where} failed: ${oneLine(text)}`, unanswered);
  if (!fault.beforeSending) return new MaestroError(fault.code, `${where}: ${fault.problem}`, unanswered);
  return new MaestroError(fault.code, `cannot reach the hub at ${call.url}: ${fault.problem}`, {
    reason: fault.reason,
    ...(fault.code === 'access-denied'
      ? { hint: 'Check server, certificate authority, client certificate and proxy of the kubeconfig.' }
      : {}),
    // Certificates are rotated and proxies come back, and this process stays up meanwhile.
    transient: true,
    delivery: 'not-sent',
    cause: error,
  });
}

/** The call took longer than it may. */
export function noAnswerInTime(call: KubeCall, waitedMs: number): MaestroError {
  return translateFailure(new Error(`no answer within ${Math.round(waitedMs)} ms`), call);
}

function statusIn(body: string): JsonObject | undefined {
  try {
    const value = parseWireJson(body);
    return isJsonObject(value) && value['kind'] === 'Status' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Seconds only: the API server sends no dates. At most 5 min are believed. */
function retryAfterOf(header: string | undefined, status: JsonObject | undefined): number | undefined {
  const asked = status === undefined ? undefined : objectAt(status, 'details')['retryAfterSeconds'];
  const seconds = header !== undefined && /^\d+$/.test(header) ? Number(header) : asked;
  return typeof seconds === 'number' && seconds > 0 ? Math.min(seconds, 300) * 1000 : undefined;
}

function excerpt(body: string): string {
  return shortened(oneLine(body), 200);
}
