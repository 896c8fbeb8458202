import type { ErrorCode, MaestroErrorOptions } from '../errors.ts';

/** What an answer of the server means, before the channel adds its delivery. */
export interface ServerAnswer {
  readonly code: ErrorCode;
  readonly message: string;
  readonly options: MaestroErrorOptions;
}

export interface AnswerFacts {
  /** "" when the request was about no particular consumer. */
  readonly consumer: string;
}

/**
 * Reads an error text of Maestro by the `maestro-N` in it, the same over gRPC
 * and REST (recordings/rejected.json, lifecycle.json, consumers.json,
 * search.json). A text without one is an error of the server.
 */
export function answerOf(text: string, facts: AnswerFacts): ServerAnswer {
  const match = /maestro-(\d+): ?([\s\S]*)/.exec(text);
  const reason = (match?.[2] ?? text).trim();
  if (isDatabaseAway(reason)) return databaseAway();
  switch (match?.[1]) {
    case '6':
      return conflict(reason);
    case '7':
      return {
        code: 'not-found',
        message: reason,
        options: { reason: /^Consumer /.test(reason) ? 'ConsumerNotFound' : 'NotFound' },
      };
    case '8':
      return {
        code: 'invalid-input',
        message: `Maestro refused the work: ${reason}`,
        options: { reason: 'RefusedByServer' },
      };
    case '4':
      return forbidden(reason, text);
    case '9':
      return general(reason, facts);
    case '17':
    case '21':
      return bug(reason);
    default:
      return match === null && isOurMistake(text) ? bug(text) : serverError(reason);
  }
}

function conflict(reason: string): ServerAnswer {
  const latest = /the latest version: (\d+)/.exec(reason)?.[1];
  if (/under deletion/.test(reason)) {
    return {
      code: 'conflict',
      message: `the work is being deleted: ${reason}`,
      options: { reason: 'BeingDeleted', hint: 'Wait until it is gone, then apply again.' },
    };
  }
  if (latest === undefined) {
    // Two that create one work at once: the slower of them is told this.
    const created = /Resource already exists/.test(reason)
      ? {
          hint: 'Somebody else created this work at the same moment. Run the command again: it reads what is stored first.',
        }
      : {};
    return { code: 'conflict', message: reason, options: { reason: 'Conflict', ...created } };
  }
  return {
    code: 'conflict',
    message: `another version is stored: the latest version is ${latest}`,
    options: {
      reason: 'Conflict',
      latestVersion: Number(latest),
      hint: 'Read the work again and repeat the change on it.',
    },
  };
}

function forbidden(reason: string, text: string): ServerAnswer {
  // recordings/search.json, delete-consumer-with-works.
  if (/fk_resources_consumers/.test(text)) {
    return {
      code: 'conflict',
      message: 'the consumer still has works',
      options: { reason: 'Conflict', hint: 'Delete its works first, and wait until they are gone.' },
    };
  }
  return {
    code: 'access-denied',
    message: `Maestro denied the request: ${reason}`,
    options: { reason: 'Unauthorized' },
  };
}

function general(reason: string, facts: AnswerFacts): ServerAnswer {
  if (/fk_resources_consumers/.test(reason)) {
    const name = facts.consumer === '' ? 'the consumer' : `the consumer "${facts.consumer}"`;
    return {
      code: 'not-found',
      message: `${name} does not exist`,
      options: {
        reason: 'ConsumerNotFound',
        hint: {
          program: 'consumers() of the client gives those that there are.',
          command: 'See "maestro-cli consumer list", or create it with "maestro-cli consumer create".',
        },
      },
    };
  }
  // recordings/consumers.json, create-invalid-name: the input's fault, although it comes as a 500.
  if (/: (?:Invalid|Required|Forbidden|Duplicate|Unsupported) value/.test(reason)) {
    return {
      code: 'invalid-input',
      message: `Maestro refused the request: ${reason}`,
      options: { reason: 'RefusedByServer' },
    };
  }
  // An unknown column in a search: only our own builders make searches.
  if (/SQLSTATE 42703/.test(reason)) return bug(reason);
  return serverError(reason);
}

/** Events and searches are made by us alone, so that their refusal is a bug of ours. */
function isOurMistake(text: string): boolean {
  return /^(?:failed to (?:decode|convert to) cloudevent|unsupported action|invalid subscription request)/.test(text);
}

function bug(reason: string): ServerAnswer {
  return {
    code: 'internal',
    message: `Maestro could not read what was sent: ${reason}`,
    options: { reason: 'InternalError' },
  };
}

/**
 * A server whose database is away, restarting or out of connections (seen on a
 * real server with PostgreSQL stopped: REST 500 `Unspecified error`, Publish
 * `maestro-9` or `maestro-26` with `failed to connect to …`). It heals by
 * itself, and a write may have been carried out before the connection broke.
 */
function isDatabaseAway(reason: string): boolean {
  return /^Unspecified error$|failed to connect to `|driver: bad connection|conn(?:ection)? (?:closed|reset|refused)|SQLSTATE (?:08|53|55000|57P)/.test(
    reason,
  );
}

/** The text of the server names its database, host and user, which is nobody's business here. */
function databaseAway(): ServerAnswer {
  return {
    code: 'unavailable',
    message: 'Maestro cannot reach its database',
    options: {
      reason: 'ServerError',
      transient: true,
      delivery: 'unknown',
      hint: 'This heals when the database is back; run the same command again.',
    },
  };
}

function serverError(reason: string): ServerAnswer {
  return { code: 'unavailable', message: `Maestro failed: ${reason}`, options: { reason: 'ServerError' } };
}
