/**
 * The part of the Reflect metadata proposal that @peculiar/x509 asks for: its
 * container keeps constructor parameter types there. Import it before the library.
 */
interface ReflectMetadata {
  getMetadata(key: unknown, target: object): unknown;
  getOwnMetadata(key: unknown, target: object): unknown;
  defineMetadata(key: unknown, value: unknown, target: object): void;
  hasOwnMetadata(key: unknown, target: object): boolean;
  metadata(key: unknown, value: unknown): (target: object) => void;
}

const stored = new WeakMap<object, Map<unknown, unknown>>();

const implementation: ReflectMetadata = {
  getOwnMetadata: (key, target) => stored.get(target)?.get(key),
  hasOwnMetadata: (key, target) => stored.get(target)?.has(key) ?? false,
  getMetadata: (key, target) => {
    for (let at: object | null = target; at !== null; at = Object.getPrototypeOf(at) as object | null) {
      if (implementation.hasOwnMetadata(key, at)) return implementation.getOwnMetadata(key, at);
    }
    return undefined;
  },
  defineMetadata: (key, value, target) => {
    const metadata = stored.get(target) ?? new Map<unknown, unknown>();
    stored.set(target, metadata.set(key, value));
  },
  metadata: (key, value) => (target) => implementation.defineMetadata(key, value, target),
};

for (const [name, value] of Object.entries(implementation)) {
  if (!(name in Reflect)) Object.defineProperty(Reflect, name, { value, configurable: true, writable: true });
}
