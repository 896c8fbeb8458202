import { getHeapStatistics, setFlagsFromString } from 'node:v8';

/**
 * From now on V8 collects its garbage early instead of letting the heap grow:
 * for processes that let many objects pass and keep few, such as a write to
 * thousands of clusters. It costs some processor time, and it is for the whole
 * process, so only the program decides on it; the library never does.
 *
 * Scripts that are loaded afterwards cannot use their code caches.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--heap-growing-percent=20');
  setFlagsFromString('--semi-space-growth-factor=1');
}

/** What the program takes before it has read anything, and what V8 needs to move in. */
const ownBytes = 96 * 1024 * 1024;
/** Any run may read a manifest. */
const leastRoomBytes = 16 * 1024 * 1024;

/**
 * What this process may take for the data that it reads.
 *
 * @param constrainedBytes the limit of the container, as Node tells it: 0, or more than any machine has, when there is
 *   none
 */
export function roomBytes(constrainedBytes: number): number {
  const heapBytes = getHeapStatistics().heap_size_limit;
  const limit = constrainedBytes > 0 ? Math.min(constrainedBytes, heapBytes) : heapBytes;
  return Math.max(leastRoomBytes, limit - ownBytes);
}
