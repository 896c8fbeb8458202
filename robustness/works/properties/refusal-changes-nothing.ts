import type { Call } from '../history/history.ts';
import { isWriting, markOf, type Property } from './property.ts';

/** Exit codes by which a write says that it was refused: usage, not found, invalid, conflict, ownership. */
const refusals: readonly number[] = [2, 3, 4, 5, 10];

export const refusalChangesNothing: Property = {
  name: 'refusal-changes-nothing',
  says: 'a write that says it was refused, that nothing was sent, or that it insists on a version which is not stored, is in no stored version',
  check: ({ calls, rows }) => {
    const written = new Set(rows.flatMap(({ manifests }) => manifests.map(({ call }) => call)));
    return calls.flatMap((call) =>
      isWriting(call.step) && (saysNothingWritten(call) || insistsInVain(call)) && written.has(markOf(call))
        ? [
            {
              what: `it ended with ${String(call.exitCode)} (${firstError(call)}), and what it gave was stored`,
              calls: [call.name],
            },
          ]
        : [],
    );
  },
};

function insistsInVain({ step }: Call): boolean {
  return step.kind === 'apply' && step.stale;
}

function saysNothingWritten(call: Call): boolean {
  // After a write that was accepted a wait may end with 3 or 5, and says so.
  const refused = call.exitCode !== undefined && refusals.includes(call.exitCode) && !/"operation"/.test(call.stdout);
  return refused || /nothing was sent/i.test(`${call.stdout}${call.stderr}`);
}

function firstError({ stderr }: Call): string {
  return /^error: .*/m.exec(stderr)?.[0] ?? '';
}
