import type { CallOptions, WorkReader } from '../clients/index.ts';
import type { Consumer, ResourceBundle } from '../core/works/resource-bundle.ts';
import { readByName } from './find-work.ts';

/** The questions that planning a write asks about what is stored; a fleet answers them from reads of many at once. */
export interface WorkLookup {
  getBundle(id: string, options: CallOptions): Promise<ResourceBundle | undefined>;
  findConsumer(name: string, options: CallOptions): Promise<Pick<Consumer, 'name'> | undefined>;
  /** Every work of a name on a consumer, of any source, the deleting ones included. */
  worksNamed(consumer: string, name: string, options: CallOptions): Promise<readonly Pick<ResourceBundle, 'id'>[]>;
}

/** Asks Maestro each time. */
export function directLookup(reader: WorkReader): WorkLookup {
  return {
    getBundle: (id, options) => reader.getBundle(id, options),
    findConsumer: (name, options) => reader.findConsumer(name, options),
    worksNamed: (consumer, name, options) => readByName(reader, consumer, name, options),
  };
}
