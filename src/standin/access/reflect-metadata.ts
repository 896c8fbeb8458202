type Metadata = Map<unknown, unknown>;

interface ReflectWithMetadata {
  getMetadata?: (key: unknown, target: object) => unknown;
  getOwnMetadata?: (key: unknown, target: object) => unknown;
  hasOwnMetadata?: (key: unknown, target: object) => boolean;
  defineMetadata?: (key: unknown, value: unknown, target: object) => void;
}

/**
 * The dependency injection below the certificate library refuses to load
 * without a metadata API on Reflect. This is the part of it that it calls; call
 * it before the library is imported.
 */
export function provideReflectMetadata(): void {
  const reflect = Reflect as ReflectWithMetadata;
  if (reflect.getMetadata !== undefined) return;
  const known = new WeakMap<object, Metadata>();
  reflect.defineMetadata = (key, value, target) => {
    const metadata = known.get(target) ?? new Map<unknown, unknown>();
    known.set(target, metadata.set(key, value));
  };
  reflect.getOwnMetadata = (key, target) => known.get(target)?.get(key);
  reflect.hasOwnMetadata = (key, target) => known.get(target)?.has(key) ?? false;
  reflect.getMetadata = (key, target) => {
    for (let at: object | null = target; at !== null; at = Object.getPrototypeOf(at) as object | null) {
      const metadata = known.get(at);
      if (metadata?.has(key)) return metadata.get(key);
    }
    return undefined;
  };
}
