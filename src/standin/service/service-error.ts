/** The kinds of Maestro's service errors that the stand-in answers with, and their HTTP status. */
const httpStatusOf = { 4: 403, 6: 409, 7: 404, 8: 400, 9: 500, 17: 400, 21: 400 } as const;

export type ServiceErrorCode = keyof typeof httpStatusOf;

/**
 * An answer "no" of the server: over REST an Error object with `maestro-N`, over
 * gRPC part of a text of code UNKNOWN. It never leaves the stand-in.
 */
export class ServiceError extends Error {
  readonly code: ServiceErrorCode;
  readonly reason: string;

  constructor(code: ServiceErrorCode, reason: string) {
    super(`maestro-${String(code)}: ${reason}`);
    this.name = 'ServiceError';
    this.code = code;
    this.reason = reason;
  }

  get httpStatus(): number {
    return httpStatusOf[this.code];
  }
}

export const forbidden = (reason: string): ServiceError => new ServiceError(4, reason);
export const conflict = (reason: string): ServiceError => new ServiceError(6, reason);
export const notFound = (resource: string, id: string): ServiceError =>
  new ServiceError(7, `${resource} with id='${id}' not found`);
export const invalid = (reason: string): ServiceError => new ServiceError(8, reason);
export const general = (reason: string): ServiceError => new ServiceError(9, reason);
export const malformed = (reason: string): ServiceError => new ServiceError(17, `Invalid request format: ${reason}`);
export const badRequest = (reason: string): ServiceError => new ServiceError(21, reason);
