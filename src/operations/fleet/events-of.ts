/**
 * Gives out what `work` tells while it goes on, in that order, and at the end what it resolves to. What is told is
 * kept until it is read: work that could tell without end waits for its reader from time to time.
 *
 * @param work is told how to tell, and how to wait until all that it told has been read, or nobody reads any more; what
 *   it throws is thrown once all that was told before has been read
 */
export async function* eventsOf<E, R>(
  work: (tell: (event: E) => void, untilRead: () => Promise<void>) => Promise<R>,
): AsyncGenerator<E, R, void> {
  let queued: E[] = [];
  let unread = 0;
  let isUnderWay = true;
  let isLeft = false;
  let wake = (): void => undefined;
  let allRead = (): void => undefined;
  const running = work(
    (event) => {
      if (isLeft) return;
      queued.push(event);
      unread += 1;
      wake();
    },
    async () => {
      if (unread > 0 && !isLeft) await new Promise<void>((resolve) => (allRead = resolve));
    },
  ).finally(() => {
    isUnderWay = false;
    wake();
  });
  // Its failure is met below.
  running.catch(() => undefined);
  try {
    while (isUnderWay || queued.length > 0) {
      if (queued.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      const ready = queued;
      queued = [];
      for (const event of ready) {
        yield event;
        unread -= 1;
        if (unread === 0) allRead();
      }
    }
  } finally {
    isLeft = true;
    allRead();
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
