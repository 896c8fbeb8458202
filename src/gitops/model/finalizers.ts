/**
 * True for every finalizer by which Argo CD itself acts when an application is
 * deleted: `resources-finalizer.argocd.argoproj.io`, its `/background` and
 * `/foreground` forms, and the finalizers of its deletion hooks.
 */
export function isArgoFinalizer(finalizer: string): boolean {
  const [domain = ''] = finalizer.split('/');
  return domain.endsWith('-finalizer.argocd.argoproj.io');
}

export function withoutArgoFinalizers(finalizers: readonly string[]): readonly string[] {
  return finalizers.filter((finalizer) => !isArgoFinalizer(finalizer));
}
