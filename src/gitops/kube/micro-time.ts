/** Kubernetes' MicroTime, which wants six digits of a second. */
export function microTime(ms: number): string {
  return new Date(ms).toISOString().replace(/Z$/, '000Z');
}
