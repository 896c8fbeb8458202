import { parseWireJson } from '../json.ts';
import { deepestBundle } from '../json-nesting.ts';
import type { ManifestWork } from './manifest-work.ts';

/** A work whose data is JSON text already: for who writes many, and needs the text for more than the write. */
export interface WrittenWork extends Pick<ManifestWork, 'name' | 'labels' | 'annotations'> {
  /** What `bundleData` has, as JSON text for the wire. */
  readonly dataText: string;
}

/** The data read back. */
export function readWrittenWork({ name, labels, annotations, dataText }: WrittenWork): ManifestWork {
  const {
    manifests,
    manifestConfigs = [],
    deleteOption,
  } = parseWireJson(dataText, deepestBundle) as unknown as Pick<ManifestWork, 'manifests' | 'deleteOption'> &
    Partial<Pick<ManifestWork, 'manifestConfigs'>>;
  return {
    name,
    labels,
    annotations,
    manifests,
    manifestConfigs,
    ...(deleteOption === undefined ? {} : { deleteOption }),
  };
}

export function isWrittenWork(work: ManifestWork | WrittenWork): work is WrittenWork {
  return 'dataText' in work;
}
