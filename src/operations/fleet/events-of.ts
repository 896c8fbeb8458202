/**
 * Gives out what `work` tells while it goes on, in that order, and at the end what it resolves to. What is told is
 * kept until it is read, so a reader that waits for something else holds up memory, but never the work.
 *
 * @param work is told how to tell; what it throws is thrown once all that was told before has been read
 */
export async function* eventsOf<E, R>(work: (tell: (event: E) => void) => Promise<R>): AsyncGenerator<E, R, void> {
  let queued: E[] = [];
  let isUnderWay = true;
  let wake = (): void => undefined;
  const running = work((event) => {
    queued.push(event);
    wake();
  }).finally(() => {
    isUnderWay = false;
    wake();
  });
  // Its failure is met below.
  running.catch(() => undefined);
  while (isUnderWay || queued.length > 0) {
    if (queued.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    const ready = queued;
    queued = [];
    for (const event of ready) yield event;
  }
  return await running;
}

/** Hands each event to `take`, and gives what the events end with. */
export async function fold<E, R>(events: AsyncGenerator<E, R, void>, take: (event: E) => void): Promise<R> {
  for (;;) {
    const next = await events.next();
    if (next.done === true) return next.value;
    try {
      take(next.value);
    } catch (caught) {
      // Nothing more is begun for whoever does not listen any more.
      await events.return(undefined as R);
      throw caught;
    }
  }
}
