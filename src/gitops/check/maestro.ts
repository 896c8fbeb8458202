import type { ConnectionSettings } from '../../clients/connection.ts';
import type { Budget } from '../../operations/budget.ts';
import type { Check } from '../../operations/doctor/check.ts';
import { examine } from '../../operations/doctor/examine.ts';

/** Whether Maestro can be used in one way, and what stands in the way. */
export interface Ability {
  readonly check: 'maestro-rest' | 'maestro-publish' | 'maestro-subscribe';
  readonly works: boolean;
  readonly message: string;
  readonly mend?: string;
}

/** Which checks of `doctor` each rests on, beside those of its side of the connection. */
const last = { 'maestro-rest': 'rest', 'maestro-publish': 'publish', 'maestro-subscribe': 'subscribe' } as const;

/**
 * Looks at Maestro as `doctor` does: nothing is written. The right to publish
 * is told by an event of a type that Maestro refuses right after it has
 * authorised the sender.
 */
export async function lookAtMaestro(
  question: { readonly settings: ConnectionSettings; readonly source: string },
  budget: Budget,
): Promise<readonly Ability[]> {
  const checks: Check[] = [];
  for await (const check of examine({ ...question, probe: true }, budget)) checks.push(check);
  return (Object.keys(last) as (keyof typeof last)[]).map((check) => abilityOf(check, checks));
}

function abilityOf(check: keyof typeof last, checks: readonly Check[]): Ability {
  const channel = check === 'maestro-rest' ? 'http' : 'grpc';
  const own = checks.filter(({ name }) => name.startsWith(`${channel}-`) || name === last[check]);
  const failed = own.find(({ status }) => status === 'fail');
  const end = checks.find(({ name }) => name === last[check]);
  const told = failed ?? end;
  const hint = told?.hint;
  return {
    check,
    works: failed === undefined && end?.status === 'pass',
    message: told?.message ?? 'it was not looked at',
    ...(hint === undefined ? { mend: 'maestro-cli doctor' } : { mend: `${hint} See more with: maestro-cli doctor` }),
  };
}
