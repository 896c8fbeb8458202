import type { Call } from '../history/history.ts';
import type { Property } from './property.ts';

export const linesAreWhole: Property = {
  name: 'lines-are-whole',
  says: 'a `watch` or a `list --watch` prints whole lines of JSON and nothing else, also when it is read slowly, and when its time or SIGTERM or SIGINT ends it, with 0, 143 and 130; and it keeps less than 300 MiB in memory while nobody reads',
  check: ({ calls }) =>
    calls.flatMap((call) =>
      call.step.kind === 'follow' ? faults(call).map((what) => ({ what, calls: [call.name] })) : [],
    ),
};

const mostKib = 300 * 1_024;
const endsOfSignals: Readonly<Record<string, number>> = { SIGTERM: 143, SIGINT: 130 };

function faults({ step, exitCode, signal, stdout, peakKib = 0 }: Call): readonly string[] {
  const found: string[] = [];
  if (peakKib > mostKib) found.push(`it kept ${String(peakKib)} KiB in memory`);
  const lines = stdout.split('\n');
  const last = lines.pop() ?? '';
  const broken = lines.findIndex((line) => !isJson(line));
  if (broken !== -1) found.push(`line ${String(broken + 1)} is no JSON: ${lines[broken]?.slice(0, 200) ?? ''}`);
  if (exitCode === undefined) {
    // Only what nobody can answer may end it so, and cut a line, or a signal of before Node could take it.
    if (signal !== 'SIGKILL' && stdout !== '') found.push(`${String(signal)} ended it before it could end itself`);
    return found;
  }
  if (last !== '') found.push(`its last line has no end: ${last.slice(-200)}`);
  const isOfSignal = Object.values(endsOfSignals).includes(exitCode);
  const stop = step.kind === 'follow' ? step.stop : undefined;
  if (isOfSignal && stop !== undefined && stop.signal !== 'SIGKILL' && exitCode !== endsOfSignals[stop.signal])
    found.push(`${stop.signal} ended it with ${String(exitCode)}`);
  return found;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
