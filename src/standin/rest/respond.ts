import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { canonicalJson } from '../../core/json.ts';
import type { ServiceError } from '../service/service-error.ts';

/** An answer before it is written. `plain` ones are never compressed: they come from outside the v1 router. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly plain?: boolean;
}

export function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  response.setHeader('Content-Type', 'application/json');
  if (answer.plain !== true) {
    response.setHeader('Vary', ['Authorization', 'Accept-Encoding']);
    if (/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) {
      response.setHeader('Content-Encoding', 'gzip');
      response.writeHead(answer.status);
      response.end(answer.body === '' ? undefined : gzipSync(answer.body));
      return;
    }
  }
  response.writeHead(answer.status);
  response.end(answer.body);
}

/** The Error object of recordings/search.json. */
export function errorAnswer(error: ServiceError, operation: string): Answer {
  return {
    status: error.httpStatus,
    body: canonicalJson({
      kind: 'Error',
      id: String(error.code),
      href: `/api/maestro/v1/errors/${String(error.code)}`,
      code: `maestro-${String(error.code)}`,
      reason: error.reason,
      operation_id: operation,
    }),
  };
}

/** What the router answers when it has no such route: another shape, `type` instead of `kind`. */
export function noRoute(path: string): Answer {
  return {
    status: 404,
    plain: true,
    body: JSON.stringify({
      type: 'Error',
      id: '404',
      href: '/api/maestro/v1/errors/404',
      code: 'maestro-404',
      reason: `The requested resource '${path}' doesn't exist`,
    }),
  };
}
