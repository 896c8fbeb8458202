import type { WorkReader } from '../../clients/transport.ts';
import { bundleId } from '../../core/works/bundle-id.ts';
import { workName, type ResourceBundle } from '../../core/works/resource-bundle.ts';
import type { WorkAddress } from '../../core/works/work-address.ts';
import type { Budget } from '../budget.ts';
import { findForReading } from '../find-work.ts';
import { checkBeforeWait, warnOfFeedback, subjectOf } from './check-condition.ts';
import type { WaitCondition, WaitTarget } from './judge.ts';

/** A wait for a work that is there already, or will be. */
export interface WaitAsked {
  readonly source: string;
  readonly await: WaitCondition;
  /** A work that does not exist is an error, not something to wait for. */
  readonly mustExist: boolean;
}

/**
 * Finds what a wait is about: our own work, or the only one of that name when another source owns it. A work that does
 * not exist yet will be ours, or the only one of its name (`WaitReports.onAdopted`).
 *
 * @throws MaestroError usage for what could never come true of the work, and when several sources have one of the name
 */
export async function findTarget(
  address: WorkAddress,
  { source, await: awaited, mustExist }: WaitAsked,
  { reader, warn }: { readonly reader: WorkReader; readonly warn: (text: string) => void },
  budget: Budget,
): Promise<WaitTarget> {
  const found = await findForReading(reader, address, source, budget);
  checkBeforeWait(found, awaited, warn);
  const base = { known: found !== undefined, mustExist };
  if (address.by === 'id') {
    return {
      ...base,
      id: address.id,
      name: found === undefined ? address.id : workName(found),
      consumer: found?.consumerName ?? '',
      ...(address.consumer === undefined ? {} : { namedOn: address.consumer }),
    };
  }
  const { name, consumer } = address;
  // Waiting goes on all the same: consumers, like works, may be created later.
  if (found === undefined && (await reader.findConsumer(consumer, budget)) === undefined)
    warn(`there is no consumer named ${consumer}; is it misspelt?`);
  const id = found?.id ?? bundleId(source, consumer, name);
  return { ...base, id, name, consumer, anySource: found === undefined };
}

/** Tells of a work of another source that is waited for in the place of one of ours that does not exist. */
export function tellAdopted(
  { name, consumer }: WaitTarget,
  bundle: ResourceBundle,
  awaited: WaitCondition,
  { info, warn }: { readonly info: (text: string) => void; readonly warn: (text: string) => void },
): void {
  info(`${name} on ${consumer} is a work of another source (id ${bundle.id}); waiting for it`);
  warnOfFeedback(subjectOf(bundle), awaited, warn);
}
