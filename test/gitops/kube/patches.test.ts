import { describe, expect, it } from 'vitest';
import {
  clearAnnotationPatch,
  clearOperationPatch,
  finalizersPatch,
  oneShotSteps,
  pointerToken,
  statusPatch,
} from '../../../src/gitops/kube/patches.ts';

const uid = { op: 'test', path: '/metadata/uid', value: 'u1' };

describe('JSON patches', () => {
  it('escapes what a JSON Pointer needs, in the right order', () => {
    expect(pointerToken('argocd.argoproj.io/refresh')).toBe('argocd.argoproj.io~1refresh');
    expect(pointerToken('a~1/b')).toBe('a~01~1b');
  });

  it('writes a status over the version that was read', () => {
    const version = { op: 'test', path: '/metadata/resourceVersion', value: '7' };
    expect(statusPatch('u1', '7', { health: { status: 'Healthy' } })).toEqual([
      uid,
      version,
      { op: 'add', path: '/status', value: { health: { status: 'Healthy' } } },
    ]);
  });

  it('clears an operation and an annotation only as they were read', () => {
    const operation = { sync: { revision: 'abc' } };
    const refresh = '/metadata/annotations/argocd.argoproj.io~1refresh';
    expect(clearOperationPatch('u1', operation)).toEqual([
      uid,
      { op: 'test', path: '/operation', value: operation },
      { op: 'remove', path: '/operation' },
    ]);
    expect(clearAnnotationPatch('u1', 'argocd.argoproj.io/refresh', 'hard')).toEqual([
      uid,
      { op: 'test', path: refresh, value: 'hard' },
      { op: 'remove', path: refresh },
    ]);
  });

  it('takes finalizers away against the whole list, and says when there is nothing to take', () => {
    const argo = (name: string): boolean => name.startsWith('resources-finalizer.argocd.argoproj.io');
    expect(finalizersPatch('u1', ['x', 'resources-finalizer.argocd.argoproj.io/background'], argo)).toEqual([
      uid,
      { op: 'test', path: '/metadata/finalizers', value: ['x', 'resources-finalizer.argocd.argoproj.io/background'] },
      { op: 'replace', path: '/metadata/finalizers', value: ['x'] },
    ]);
    expect(finalizersPatch('u1', ['x'], argo)).toBeUndefined();
  });
});

it('takes off what was passed on once, and nothing else', () => {
  expect(oneShotSteps({ operation: false, refresh: false })).toEqual([]);
  expect(oneShotSteps({ operation: true, refresh: true })).toEqual([
    { op: 'remove', path: '/operation' },
    { op: 'remove', path: '/metadata/annotations/argocd.argoproj.io~1refresh' },
  ]);
});
