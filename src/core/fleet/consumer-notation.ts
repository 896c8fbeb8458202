import { isJsonObject, type JsonValue } from '../json.ts';
import { isMaskText } from '../mask-secrets.ts';
import { manifestKey, manifestLabel, type ManifestKey, type ManifestWork } from '../works/manifest-work.ts';
import { expressionValues, renderText, type TemplateConsumer } from './consumer-template.ts';

/** Both sides of a comparison of one part of a work; what is absent was added or removed. */
export interface Sides {
  readonly before: JsonValue | undefined;
  readonly after: JsonValue | undefined;
}

/** How the values of a work are shown to people. */
export interface Notation {
  /** The address that a manifest is named by. */
  key(key: ManifestKey): ManifestKey;
  /** Both sides of a part: of the manifest of this address, else of the member of the work of this name. */
  sides(part: ManifestKey | keyof ManifestWork | 'order', sides: Sides): Sides;
}

/** The expression of the consumer's name. */
export const nameExpression = '{{ consumer.name }}';

/**
 * Shows a work that a template became for one consumer in the words of the
 * template, so that consumers whose works differ in nothing but what was filled
 * in look the same. Whoever reads `{{ consumer.name }}` as the consumer's name,
 * its labels likewise and `{{ "{{" }}` as two braces, reads exactly what is
 * stored and what would be: nothing is left out.
 *
 * - Where the template has an expression and what would be stored is what it
 *   became, the text of the template stands.
 * - In what is stored and differs, the consumer's name stands as its expression
 *   where it is a word by itself, and so do the labels that the template asks
 *   for at that place.
 *
 * @param template as it was given
 * @param rendered what it became
 */
export function consumerNotation(template: ManifestWork, rendered: ManifestWork, consumer: TemplateConsumer): Notation {
  const manifests = new Map(
    rendered.manifests.map((manifest, index) => [addressOf(manifestKey(manifest)), template.manifests[index]] as const),
  );
  const labels = new Map(
    rendered.manifests.map((manifest, index) => [
      manifestLabel(manifestKey(manifest)),
      manifestLabel(manifestKey(template.manifests[index] ?? manifest)),
    ]),
  );
  const words = new Words(consumer);
  const ordered = (side: JsonValue | undefined): JsonValue | undefined =>
    Array.isArray(side)
      ? (side as readonly JsonValue[]).map((label) =>
          typeof label === 'string' ? (labels.get(label) ?? words.inText(label)) : label,
        )
      : side;
  return {
    key: (key) => {
      const source = manifests.get(addressOf(key));
      if (source !== undefined) return manifestKey(source);
      return { ...key, namespace: words.inText(key.namespace), name: words.inText(key.name) };
    },
    sides: (part, sides) => {
      if (part === 'order') return { before: ordered(sides.before), after: ordered(sides.after) };
      const source =
        typeof part === 'string' ? (template[part] as JsonValue | undefined) : manifests.get(addressOf(part));
      return words.inSides(sides, source);
    },
  };
}

function addressOf(key: ManifestKey): string {
  return JSON.stringify([key.group, key.version, key.kind, key.namespace, key.name]);
}

/** Finds what was filled in for one consumer. */
class Words {
  readonly #consumer: TemplateConsumer;
  readonly #patterns = new Map<string, RegExp>();

  constructor(consumer: TemplateConsumer) {
    this.#consumer = consumer;
  }

  inSides({ before, after }: Sides, template: JsonValue | undefined): Sides {
    const shownAfter = after === undefined ? undefined : this.#shown(after, template);
    return {
      before: before === undefined ? undefined : this.#stored(before, { after, shownAfter }, template),
      after: shownAfter,
    };
  }

  /** A text that no template was for. */
  inText(text: string): string {
    return this.#replaced(text, undefined);
  }

  /** What would be stored. */
  #shown(value: JsonValue, template: JsonValue | undefined): JsonValue {
    if (typeof value === 'string') {
      const fits = typeof template === 'string' && renderText(template, this.#consumer) === value;
      return fits ? template : escaped(value);
    }
    return mapped(value, (member, key) => this.#shown(member, memberOf(template, key)));
  }

  /** What is stored: where that stays as it is, it is shown as what would be. */
  #stored(
    value: JsonValue,
    { after, shownAfter }: { readonly after: JsonValue | undefined; readonly shownAfter: JsonValue | undefined },
    template: JsonValue | undefined,
  ): JsonValue {
    if (typeof value !== 'string') {
      return mapped(value, (member, key) =>
        this.#stored(
          member,
          { after: memberOf(after, key), shownAfter: memberOf(shownAfter, key) },
          memberOf(template, key),
        ),
      );
    }
    if (value === after && shownAfter !== undefined) return shownAfter;
    return this.#replaced(value, typeof template === 'string' ? template : undefined);
  }

  #replaced(text: string, template: string | undefined): string {
    if (isMaskText(text)) return text;
    const values = this.#valuesOf(template);
    return text.replace(this.#patternOf(values), (found) => values.get(found) ?? '{{ "{{" }}');
  }

  /** Texts that stand for expressions: of the name everywhere, of labels where the template asks for them. */
  #valuesOf(template: string | undefined): ReadonlyMap<string, string> {
    const values = new Map<string, string>();
    if (template !== undefined) {
      for (const { value, expression } of expressionValues(template, this.#consumer))
        if (value !== '' && !values.has(value)) values.set(value, expression);
    }
    if (!values.has(this.#consumer.name)) values.set(this.#consumer.name, nameExpression);
    return values;
  }

  #patternOf(values: ReadonlyMap<string, string>): RegExp {
    const key = [...values.keys()].join(' ');
    const known = this.#patterns.get(key);
    if (known !== undefined) return known;
    const longestFirst = [...values.keys()]
      .toSorted((a, b) => b.length - a.length)
      .map((value) => value.replace(/[^A-Za-z0-9]/g, String.raw`\$&`));
    const pattern = new RegExp(`\\{\\{|(?<![A-Za-z0-9])(?:${longestFirst.join('|')})(?![A-Za-z0-9])`, 'g');
    this.#patterns.set(key, pattern);
    return pattern;
  }
}

function escaped(text: string): string {
  return text.replaceAll('{{', '{{ "{{" }}');
}

function mapped(value: JsonValue, map: (member: JsonValue, key: string | number) => JsonValue): JsonValue {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((item, index) => map(item, index));
  if (!isJsonObject(value)) return value;
  // fromEntries defines members, so that a key like __proto__ stays one.
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, member === undefined ? undefined : map(member, key)]),
  );
}

function memberOf(value: JsonValue | undefined, key: string | number): JsonValue | undefined {
  if (typeof key === 'number') return Array.isArray(value) ? (value as readonly JsonValue[])[key] : undefined;
  return isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}
