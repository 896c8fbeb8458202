import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import { isSecretPlace } from '../secret-texts.ts';
import { workDocument } from '../works/document.ts';
import type { ManifestWork } from '../works/manifest-work.ts';
import type { Problem } from '../works/problem.ts';
import type { JsonPath } from '../yaml/json-path.ts';

/** What a template knows of the consumer that a work is made for. */
export interface TemplateConsumer {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** A label that a work asks for, and where it does. */
export interface UsedLabel {
  readonly key: string;
  /** From the root of the ManifestWork document. */
  readonly path: JsonPath;
}

/** The expressions, with any white space inside the braces; `{{ "{{" }}` writes two braces. */
const expressions =
  /\{\{\s*(?:(?<name>consumer\.name)|consumer\.labels\.(?<key>[A-Za-z0-9_-]+)|consumer\.labels\[\s*"(?<quoted>[^"\\]+)"\s*\]|(?<braces>"\{\{"))\s*\}\}/g;

export const knownExpressions = '{{ consumer.name }}, {{ consumer.labels.KEY }}, {{ consumer.labels["a.b/c"] }}';

/**
 * Everything in a work that looks like a template and is none: expressions that
 * are not known, and expressions in keys, which are never filled in. Paths are
 * those of the ManifestWork document.
 */
export function templateProblems(work: ManifestWork): readonly Problem[] {
  const problems: Problem[] = [];
  const document = workDocument(work);
  visit(document, [], {
    text: (text, path) => {
      const unknown = unknownExpression(text);
      if (unknown === undefined) return;
      const shown = isSecretPlace(document, path)
        ? 'the text in {{ }} (not shown, it is of a Secret)'
        : JSON.stringify(unknown);
      const message = `${shown} is no expression that --template-consumer knows`;
      problems.push({
        severity: 'error',
        path,
        message,
        suggestion: `it knows ${knownExpressions}; write {{ "{{" }} for two braces`,
      });
    },
    key: (key, path) => {
      if (!/\{\{\s*consumer\b/.test(key)) return;
      problems.push({ severity: 'error', path, message: 'expressions are filled in in values, not in keys' });
    },
  });
  return problems;
}

/** What looks like an expression in a text and is none; undefined when there is nothing of the kind. */
export function unknownExpression(text: string): string | undefined {
  // Something has to stay in the place of each, or the braces around it would meet.
  return /\{\{.*?(?:\}\}|$)/s.exec(text.replace(expressions, '\u0000'))?.[0];
}

/** The labels of consumers that a text asks for. */
export function labelsIn(text: string): readonly string[] {
  return [...text.matchAll(expressions)].flatMap(({ groups }) => groups?.['key'] ?? groups?.['quoted'] ?? []);
}

/** What the expressions of a text become for a consumer, in their order; a label that it does not have is left out. */
export function expressionValues(
  text: string,
  consumer: TemplateConsumer,
): readonly { readonly expression: string; readonly value: string }[] {
  return [...text.matchAll(expressions)].flatMap(([expression]) => {
    const value = renderText(expression, consumer);
    return value === expression ? [] : [{ expression, value }];
  });
}

/** The labels that a work needs of every consumer, each with the first place that asks for it. */
export function usedLabels(work: ManifestWork): readonly UsedLabel[] {
  const used = new Map<string, UsedLabel>();
  visit(workDocument(work), [], {
    text: (text, path) => {
      for (const key of labelsIn(text)) if (!used.has(key)) used.set(key, { key, path });
    },
    key: () => undefined,
  });
  return [...used.values()];
}

/** Those of the labels that a consumer does not have. An empty label is one. */
export function missingLabels(labels: readonly UsedLabel[], consumer: TemplateConsumer): readonly UsedLabel[] {
  return labels.filter(({ key }) => !Object.hasOwn(consumer.labels, key));
}

/**
 * Fills a consumer into the string values of a work, its name included. What
 * has no expression is the same object as before, so that many works share it;
 * what was filled in is not looked at again. Labels that are missing leave
 * their expression: ask `missingLabels` first.
 */
export function renderWork(work: ManifestWork, consumer: TemplateConsumer): ManifestWork {
  const { namespace, deleteOption, executor } = work;
  return {
    name: renderText(work.name, consumer),
    ...(namespace === undefined ? {} : { namespace: renderText(namespace, consumer) }),
    labels: renderValue(work.labels, consumer) as Readonly<Record<string, string>>,
    annotations: renderValue(work.annotations, consumer) as Readonly<Record<string, string>>,
    manifests: renderValue(work.manifests, consumer) as readonly JsonObject[],
    manifestConfigs: renderValue(work.manifestConfigs, consumer) as readonly JsonObject[],
    ...(deleteOption === undefined ? {} : { deleteOption: renderValue(deleteOption, consumer) as JsonObject }),
    ...(executor === undefined ? {} : { executor: renderValue(executor, consumer) as JsonObject }),
  };
}

/** Fills a consumer into one text. */
export function renderText(text: string, consumer: TemplateConsumer): string {
  if (!text.includes('{{')) return text;
  return text.replace(expressions, (whole: string, ...rest: unknown[]) => {
    const groups = rest.at(-1) as Readonly<Record<string, string | undefined>>;
    if (groups['name'] !== undefined) return consumer.name;
    if (groups['braces'] !== undefined) return '{{';
    const key = groups['key'] ?? groups['quoted'] ?? '';
    return Object.hasOwn(consumer.labels, key) ? (consumer.labels[key] ?? whole) : whole;
  });
}

function renderValue(value: JsonValue, consumer: TemplateConsumer): JsonValue {
  if (typeof value === 'string') return renderText(value, consumer);
  if (Array.isArray(value)) {
    const items = value as readonly JsonValue[];
    const rendered = items.map((item) => renderValue(item, consumer));
    return rendered.every((item, index) => item === items[index]) ? items : rendered;
  }
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).map(
    ([key, member]) => [key, member === undefined ? undefined : renderValue(member, consumer)] as const,
  );
  // fromEntries defines members, so that a key like __proto__ stays one.
  return members.every(([key, member]) => member === value[key]) ? value : Object.fromEntries(members);
}

interface Visitor {
  text(text: string, path: JsonPath): void;
  key(key: string, path: JsonPath): void;
}

function visit(value: JsonValue | undefined, path: JsonPath, visitor: Visitor): void {
  if (typeof value === 'string') visitor.text(value, path);
  else if (Array.isArray(value)) value.forEach((item: JsonValue, index) => visit(item, [...path, index], visitor));
  else if (isJsonObject(value)) {
    for (const key of Object.keys(value)) {
      visitor.key(key, [...path, key]);
      visit(value[key], [...path, key], visitor);
    }
  }
}
