import { printedJson } from './json.ts';

/** One line of JSON logs, as everything on stderr has it: `{"time":…,"level":…,"msg":…}` and what belongs to it. */
export function logLine(
  wallMs: number,
  level: string,
  msg: string,
  fields: Readonly<Record<string, unknown>> = {},
): string {
  return `${printedJson({ time: new Date(wallMs).toISOString(), level, msg, ...fields })}\n`;
}
