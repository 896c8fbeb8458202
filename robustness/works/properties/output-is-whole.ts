import type { Property } from './property.ts';

export const outputIsWhole: Property = {
  name: 'output-is-whole',
  says: 'whoever reads slowly gets all that a call prints, whole, unless a signal ended the call',
  check: ({ calls }) =>
    calls.flatMap(({ name, exitCode, stdout, struck }) =>
      exitCode !== undefined && struck.includes('slow-reader') && stdout !== '' && !isWhole(stdout)
        ? [{ what: `it printed ${String(stdout.length)} characters that are no whole JSON`, calls: [name] }]
        : [],
    ),
};

function isWhole(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
