/** What went wrong, without the system's code, its call and a temporary name that nobody gave. */
export function fileFault(error: unknown): string {
  return error instanceof Error
    ? error.message.replace(/^[A-Z]+: /, '').replace(/, [a-z]+( '.*')?$/, '')
    : String(error);
}
