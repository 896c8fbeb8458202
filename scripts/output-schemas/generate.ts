import { join } from 'node:path';
import {
  createFormatter,
  createParser,
  createProgram,
  DEFAULT_CONFIG,
  LiteralType,
  SchemaGenerator,
  UnionType,
  type CompletedConfig,
  type Schema,
  type SubNodeParser,
} from 'ts-json-schema-generator';
import ts from 'typescript';
import { commonFlags } from '../../src/command-line/common-flags.ts';
import { flagSyntaxes } from '../../src/command-line/flag-syntax.ts';
import { configSetContextCommand } from '../../src/commands/config/set-context/command.ts';
import { contextKeys } from '../../src/core/config-file.ts';
import { outputDocuments, type OutputDocument } from './documents.ts';

const root = join(import.meta.dirname, '../..');

/** Where a schema can be had. */
export const schemaAddress = (name: string): string =>
  `https://github.com/openshift-hyperfleet/maestro-cli/raw/main/schemas/${name}.json`;

const draft = 'https://json-schema.org/draft/2020-12/schema';

/** Every schema by its name, made from the types of what the commands print and from the comments in them. */
export function outputSchemas(): ReadonlyMap<string, Schema> {
  const documents = new Map(outputDocuments.map((document) => [document.name, document]));
  const generator = openGenerator([...documents.values()]);
  return new Map([...documents.values()].map((document) => [document.name, schemaOf(document, generator)]));
}

function openGenerator(documents: readonly OutputDocument[]): SchemaGenerator {
  const files = documents.flatMap(({ from }) => (from === undefined ? [] : [from.file]));
  const config: CompletedConfig = {
    ...DEFAULT_CONFIG,
    path: join(root, `{${[...new Set(files)].join(',')}}`),
    tsconfig: join(root, 'tsconfig.json'),
    // `npm run types` has checked them.
    skipTypeCheck: true,
    topRef: false,
    encodeRefs: false,
    sortProps: false,
    // Readers are to bear what a later version says more.
    additionalProperties: true,
  };
  const program = createProgram(config);
  const parser = createParser(program, config, (chain) => chain.addNodeParser(literalsOf(program.getTypeChecker())));
  return new SchemaGenerator(program, parser, createFormatter(config), config);
}

/** `keyof typeof constants` and the like: the compiler knows which literals these are, the generator does not. */
function literalsOf(checker: ts.TypeChecker): SubNodeParser {
  const literals = (node: ts.Node): readonly (string | number)[] => {
    if (!ts.isIndexedAccessTypeNode(node) && !ts.isTypeOperatorNode(node) && !ts.isTypeQueryNode(node)) return [];
    const type = checker.getTypeFromTypeNode(node);
    const parts = type.isUnion() ? type.types : [type];
    const values = parts.flatMap((part) => (part.isStringLiteral() || part.isNumberLiteral() ? [part.value] : []));
    // The compiler's own order depends on what it has looked at before.
    return values.length === parts.length ? values.sort((a, b) => (a < b ? -1 : 1)) : [];
  };
  return {
    supportsNode: (node) => literals(node).length > 0,
    createType: (node) => new UnionType(literals(node).map((value) => new LiteralType(value))),
  };
}

function schemaOf({ name, title, from }: OutputDocument, generator: SchemaGenerator): Schema {
  const head = { $schema: draft, $id: schemaAddress(name), title };
  if (from === undefined) return { ...head, ...configSchema() };
  const { $schema: _draft7, definitions = {}, description, ...rest } = generator.createSchema(from.type);
  const parts = Object.entries(definitions).map(([key, part]) => [key, partOf(key, part)]);
  const defs = parts.length === 0 ? {} : { $defs: Object.fromEntries(parts) as Record<string, Schema> };
  return { ...head, description, ...(converted(rest) as Schema), ...defs };
}

/** What others wrote is passed on, so nothing is known of it. */
const foreign: Readonly<Record<string, Schema>> = {
  JsonValue: { description: 'Any JSON value. Integers beyond 2^53 keep their digits.' },
  JsonObject: { type: 'object', description: 'Any JSON object. Integers beyond 2^53 keep their digits.' },
  FeedbackData: { description: 'Any JSON value, as the agent reported it.' },
};

function partOf(key: string, part: unknown): unknown {
  return foreign[key] ?? converted(part);
}

/** From draft 7 to 2020-12. Numbers of our own are whole. */
function converted(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map((item) => converted(item));
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]: readonly [string, unknown]) => {
      if (key === '$ref' && typeof value === 'string') return [key, value.replace('#/definitions/', '#/$defs/')];
      if (key === 'type' && value === 'number') return [key, 'integer'];
      return [key, converted(value)];
    }),
  );
}

/** The reader refuses what it does not know, so an editor is to do so too. */
function configSchema(): Schema {
  const settable = [...configSetContextCommand.flags, ...commonFlags];
  const abouts = new Map(settable.map(({ flags, about }) => [flagSyntaxes({ flags })[0].long.slice(2), about]));
  const properties = Object.entries(contextKeys).map(([key, kind]): [string, Schema] => {
    const description = abouts.get(key);
    if (description === undefined) throw new Error(`the key ${key} of a context is no flag`);
    return [key, kind === 'switch' ? { type: 'boolean', description } : { type: 'string', minLength: 1, description }];
  });
  return {
    description: 'Named contexts, each with endpoints, credentials and a source id, and the one in use.',
    type: ['object', 'null'],
    properties: {
      'current-context': {
        type: ['string', 'null'],
        minLength: 1,
        description: 'Name of the context that commands use.',
      },
      contexts: {
        type: ['object', 'null'],
        description: 'Contexts by name.',
        additionalProperties: { anyOf: [{ $ref: '#/$defs/Context' }, { type: 'null' }] },
      },
    },
    additionalProperties: false,
    $defs: {
      Context: {
        type: 'object',
        description:
          'What a context sets; a key is the long flag without its dashes. Relative files start at the file.',
        properties: Object.fromEntries(properties),
        additionalProperties: false,
      },
    } as never,
  };
}
