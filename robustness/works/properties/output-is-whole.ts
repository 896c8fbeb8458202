import { jsonIn } from '../../properties/told.ts';
import type { Property } from './property.ts';

export const outputIsWhole: Property = {
  name: 'output-is-whole',
  says: 'whoever reads slowly gets all that a call prints, whole, unless a signal ended the call',
  check: ({ calls }) =>
    calls.flatMap(({ name, step, exitCode, stdout, struck }) =>
      step.kind !== 'follow' &&
      exitCode !== undefined &&
      struck.includes('slow-reader') &&
      stdout !== '' &&
      jsonIn(stdout) === undefined
        ? [{ what: `it printed ${String(stdout.length)} characters that are no whole JSON`, calls: [name] }]
        : [],
    ),
};
