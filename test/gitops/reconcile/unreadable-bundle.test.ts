import { describe, expect, test } from 'vitest';
import { bundleId } from '../../../src/core/works/bundle-id.ts';
import { MaestroError } from '../../../src/errors.ts';
import { parseHubApplication } from '../../../src/gitops/model/hub-application.ts';
import { hubApp, key, setUp } from './set-up.ts';

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
      const { state, propagator, intake, app } = setUp();
      intake.hubSeen(key, parseHubApplication(hubApp({ version: '11' })));
      intake.beginRead();
      intake.unreadable(row);
      expect(await intake.endRead(new AbortController().signal)).toEqual([]);
      await propagator.reconcile(key);
      expect(app.parked?.reason).toBe('BundleUnreadable');
      // Somebody deletes it while the stream is down.
      let asked: readonly string[];
      if (how === 'a reconnect') asked = intake.awaited();
      else {
        intake.beginRead();
        asked = await intake.endRead(new AbortController().signal);
      }
      expect(asked).toEqual([id]);
      intake.missing(id);
      expect(propagator.decide(app).do).toBe('publish');
      expect(state.setAside.count('bundle')).toBe(0);
    },
  );
});
