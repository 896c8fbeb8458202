import { bundlesPath } from '../../clients/index.ts';
import { counted, listed } from '../../core/text.ts';
import { decodeBundle } from '../../core/works/decode-bundle.ts';
import { manifestKey, manifestLabel } from '../../core/works/manifest-work.ts';
import { workName } from '../../core/works/resource-bundle.ts';
import { pass, skip, warn, type Finding } from './check.ts';
import { rowsOf, type RestAnswer } from './rest.ts';

const pageSize = 100;
/** A consumer with more works than these pages hold is looked through in part. */
const mostPages = 10;

/** Whether works of a consumer, of any source, hold one and the same object; their agents overwrite each other then. */
export async function checkSharedObjects(
  consumer: string,
  ask: (path: string) => Promise<RestAnswer>,
): Promise<Finding> {
  const holders = new Map<string, Set<string>>();
  let works = 0;
  let afterId: string | undefined;
  let isWhole = false;
  for (let page = 0; page < mostPages && !isWhole; page += 1) {
    const path = bundlesPath({ consumers: [consumer] }, { size: pageSize, afterId });
    const rows = rowsOf((await ask(path)).body, 'ResourceBundleList', 'the list of works').map((row) =>
      decodeBundle(row),
    );
    for (const bundle of rows) {
      const name = workName(bundle) === '' ? bundle.id : workName(bundle);
      for (const manifest of bundle.manifests) {
        const label = manifestLabel(manifestKey(manifest));
        holders.set(label, (holders.get(label) ?? new Set()).add(name));
      }
    }
    works += rows.length;
    isWhole = rows.length < pageSize;
    afterId = rows.at(-1)?.id;
  }
  return findingOf(consumer, holders, works, isWhole);
}

function findingOf(
  consumer: string,
  holders: ReadonlyMap<string, ReadonlySet<string>>,
  works: number,
  isWhole: boolean,
): Finding {
  if (works === 0) return skip(`${consumer} has no works`);
  const through = isWhole ? counted(works, 'work') : `the first ${works} works`;
  const shared = [...holders]
    .filter(([, names]) => names.size > 1)
    .map(([object, names]) => ({ object, works: [...names].sort() }));
  if (shared.length === 0) return pass(`no object is in two works of ${consumer} (${through})`, { works });
  const texts = shared.map((one) => `${one.object} is in ${listed(one.works)}`);
  return warn(
    `${counted(shared.length, 'object')} of ${consumer} in more than one work (${through}): ${listed(texts, 10, '; ')}`,
    'Agents apply each of them, so the works overwrite each other. Leave the object in one work only; taking it out of the others removes it from the cluster until its own work is applied again.',
    { works, shared },
  );
}
