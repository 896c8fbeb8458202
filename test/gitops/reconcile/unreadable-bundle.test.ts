import { describe, expect, test } from 'vitest';
import { bundleId } from '../../../src/core/works/bundle-id.ts';
import { MaestroError } from '../../../src/errors.ts';
import { hubApp, setUp } from './set-up.ts';

const id = bundleId('app-work-client', 'c1', 'argocd-app');
const row = {
  id,
  consumerName: 'c1',
  name: 'argocd-app',
  error: new MaestroError('invalid-input', 'nested more than 500 levels deep'),
};

describe('a bundle that nobody has read yet and that cannot be read', () => {
  test.each(['a whole read', 'a reconnect'] as const)(
    'is asked for by %s that does not show it any more, so that its application does not wait for ever',
    async (how) => {
      const { store, maestroHandler, see, propagate, decide, delivered } = setUp();
      see(hubApp({ version: '11' }));
      const first = maestroHandler.beginRead();
      maestroHandler.unreadable(row, first);
      expect(await maestroHandler.missing(first, new AbortController().signal)).toEqual([]);
      await propagate();
      expect(delivered().blocked?.reason).toBe('BundleUnreadable');
      // Somebody deletes it while the stream is down.
      let asked: readonly string[];
      if (how === 'a reconnect') asked = maestroHandler.awaited();
      else asked = await maestroHandler.missing(maestroHandler.beginRead(), new AbortController().signal);
      expect(asked).toEqual([id]);
      maestroHandler.absent(id);
      expect(decide().do).toBe('publish');
      expect(store.setAside.count('bundle')).toBe(0);
    },
  );

  test('stays set aside when a read that began before another one showed it does not find it', () => {
    const { store, maestroHandler, see } = setUp();
    see(hubApp({ version: '11' }));
    const before = maestroHandler.beginRead();
    maestroHandler.unreadable(row, maestroHandler.beginRead());
    maestroHandler.absent(id, before);
    expect(store.setAside.count('bundle')).toBe(1);
    maestroHandler.absent(id);
    expect(store.setAside.count('bundle')).toBe(0);
  });
});
