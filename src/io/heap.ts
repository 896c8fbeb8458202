import { setFlagsFromString } from 'node:v8';

/**
 * From now on V8 collects its garbage early instead of letting the heap grow:
 * for processes that let many objects pass and keep few, such as a write to
 * thousands of clusters. It costs some processor time, and it is for the whole
 * process, so only the program decides on it; the library never does.
 *
 * Scripts that are loaded afterwards can not use their code caches.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--heap-growing-percent=20');
  setFlagsFromString('--semi-space-growth-factor=1');
}
