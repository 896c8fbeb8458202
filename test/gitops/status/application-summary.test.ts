import { describe, expect, it } from 'vitest';
import { reasonIn, summaryOf } from '../../../src/gitops/status/application-summary.ts';
import { deliveryConditions } from '../../../src/gitops/status/delivery-conditions.ts';
import { hubApplicationOf } from '../survey/support/listed-hub.ts';

const since = '2026-11-22T10:00:00Z';

/** What the controllers write on an application that they hold back. */
function held(reason: string, more: { readonly cluster?: string; readonly deleting?: boolean } = {}) {
  const { cluster = 'c1', ...rest } = more;
  return deliveryConditions({
    cluster,
    spokeNamespace: 'argocd',
    report: undefined,
    publishedVersion: 0,
    pendingSince: '',
    blocked: { reason, message: 'the consumer (of Maestro) is missing', since },
    now: '2026-11-22T11:00:00Z',
    previous: [],
    ...rest,
  });
}

describe('the summary of an Application', () => {
  it('is what its status says, with empty texts for what it does not', () => {
    const status = {
      sync: { status: 'OutOfSync' },
      health: { status: 'Degraded' },
      operationState: { phase: 'Failed' },
    };
    expect(summaryOf(hubApplicationOf('a', { set: 'shop', status }))).toEqual({
      key: 'argocd/a',
      cluster: 'c1',
      set: 'argocd/shop',
      sync: 'OutOfSync',
      health: 'Degraded',
      phase: 'Failed',
      deleting: false,
      blocked: '',
      blockedSince: '',
    });
    expect(summaryOf({})).toMatchObject({ key: '/', cluster: '', set: '', sync: '', health: '', blocked: '' });
  });

  it.each([
    { title: 'that is not delivered', more: {} },
    { title: 'that is not deleted', more: { deleting: true } },
    { title: 'for no cluster', more: { cluster: '' } },
  ])('tells why the controllers hold back one $title, as they write it', ({ more }) => {
    const conditions = held('ConsumerMissing', more).map((condition) => ({ ...condition }));
    const summary = summaryOf(hubApplicationOf('a', { status: { conditions } }));
    expect(summary).toMatchObject({ blocked: 'ConsumerMissing', blockedSince: conditions[0]?.lastTransitionTime });
  });

  it('tells the error of several conditions, and since when, and that it is being deleted', () => {
    const warned = { type: 'MaestroDeliveryWarning', message: 'w', lastTransitionTime: since };
    const failed = { type: 'MaestroDeliveryError', message: 'e', lastTransitionTime: '2026-11-22T10:30:00Z' };
    const application = hubApplicationOf('a', { status: { conditions: [warned, failed] } });
    expect(summaryOf(application)).toMatchObject({ blocked: 'error', blockedSince: '2026-11-22T10:30:00Z' });
    const metadata = { namespace: 'argocd', name: 'a', deletionTimestamp: since };
    expect(summaryOf({ metadata })).toMatchObject({ key: 'argocd/a', deleting: true });
    expect(summaryOf({ metadata: { ...metadata, deletionTimestamp: undefined } })).toMatchObject({ deleting: false });
  });

  it('tells an error and a warning of delivery from being held back, and other conditions from all of these', () => {
    const of = (type: string, message: string) =>
      summaryOf(hubApplicationOf('a', { status: { conditions: [{ type, message, lastTransitionTime: since }] } }))
        .blocked;
    expect(of('MaestroDeliveryError', 'cluster c1 cannot apply the application: quota (Exceeded)')).toBe('error');
    expect(of('MaestroDeliveryWarning', 'cluster c1 has not reported since 10:00')).toBe('warning');
    expect(of('SyncError', 'not delivered to cluster c1: nothing of ours (Invalid)')).toBe('');
    expect(reasonIn('delivered, somehow (Invalid)')).toBeUndefined();
    expect(reasonIn('not deliveredness (Invalid)')).toBeUndefined();
    expect(reasonIn('it is not delivered (Invalid)')).toBeUndefined();
    expect(reasonIn('not delivered (Invalid), or so')).toBeUndefined();
    expect(reasonIn('not delivered (invalid)')).toBeUndefined();
    expect(reasonIn('not deleted:\n(a) (NoRoom)')).toBe('NoRoom');
  });
});
