import comments from '@eslint-community/eslint-plugin-eslint-comments';
import js from '@eslint/js';
import stylistic from '@stylistic/eslint-plugin';
import tseslint from 'typescript-eslint';

/** A sentence that begins with a capital letter, and not with a name. */
const begunLarge = '/^(?!Maestro|Kubernetes|Argo|Go |GitHub)[A-Z][a-z]* /';

/**
 * What may be used in one place of src only, each with the message that names the place. A ban is a rule of its own, so
 * that lifting one at its home, or for one line with a reason, leaves all others as they are. Which folder may import
 * which is in .dependency-cruiser.js.
 *
 * - `globals`: names that nobody declared.
 * - `members`: of a global object, also when they are taken from it by a pattern.
 * - `selectors`: all else.
 * - `homes`: the files where it is allowed.
 */
export const bans = {
  clock: {
    message: 'Clocks and timers live in src/clock.ts; take a Clock.',
    globals: ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'performance'],
    members: [
      ['Date', 'now'],
      ['AbortSignal', 'timeout'],
    ],
    selectors: [
      'NewExpression[callee.name="Date"][arguments.length=0]',
      'CallExpression[callee.name="Date"]',
      ':matches(ImportDeclaration, ImportExpression)[source.value=/^(node:)?timers/]',
      'ImportDeclaration[source.value=/^(node:)?perf_hooks$/] > ImportSpecifier[imported.name="performance"]',
      'ImportDeclaration[source.value=/^(node:)?process$/] > ImportSpecifier[imported.name="uptime"]',
    ],
    // The second lets other work pass between two requests; no time is measured or waited for.
    homes: ['src/clock.ts', 'src/clients/grpc/request-turns.ts'],
  },
  process: {
    message: 'Only bin/ touches the process; take what you need from the Context.',
    globals: ['process'],
    selectors: [
      'ImportExpression[source.value=/^(node:)?process$/]',
      // How long the process runs is a clock, and banned as such.
      'ImportDeclaration[source.value=/^(node:)?process$/] > ImportSpecifier[imported.name!="uptime"]',
      'ImportDeclaration[source.value=/^(node:)?process$/] > :matches(ImportDefaultSpecifier, ImportNamespaceSpecifier)',
    ],
    homes: [],
  },
  'global-object': {
    message: 'By the global object each ban can be passed by; name what you need.',
    globals: ['globalThis', 'global'],
    homes: [],
  },
  random: {
    message: 'Take a random source as an argument.',
    members: [['Math', 'random']],
    homes: ['src/random.ts'],
  },
  import: {
    message: 'Write out what is imported: layers and bundle know it by its text.',
    globals: ['require', 'module'],
    selectors: ['ImportExpression[source.type!="Literal"]'],
    homes: [],
  },
  json: {
    message: 'Foreign text may nest deeper than a walk over it can go: use parseJson of src/core/json.ts.',
    members: [['JSON', 'parse']],
    homes: [
      'src/core/json.ts',
      // It is fed by tests.
      'src/standin/**/*.ts',
      // Text that we wrote ourselves, or that is one string.
      'src/build-info.ts',
      'src/core/schemas/built-in.ts',
      'src/core/yaml/json-text.ts',
      'src/gitops/run/pino-log.ts',
    ],
  },
  yaml: {
    message: 'One writer, src/output/yaml.ts, knows what kubectl reads as it was.',
    selectors: [
      'ImportDeclaration[source.value="yaml"][importKind!="type"] > ImportSpecifier[imported.name=/^(stringify|Document)$/]',
    ],
    homes: ['src/output/yaml.ts'],
  },
  'condition-type': {
    message: 'Condition types that mean something to us are in `conditionType` of src/core/status/work-status.ts.',
    selectors: [
      'CallExpression[callee.name=/^(findCondition|conditionOf|parseExpression|mentionsCondition|awaitedCondition)$/] > Literal[value=/^(Applied|Available|Deleted|Deleting)$/]',
      'BinaryExpression[left.property.name="type"] > Literal[value=/^(Applied|Available|Deleted|Deleting)$/]',
    ],
    // What an agent reports is not taken from those who judge it.
    homes: ['src/standin/**/*.ts'],
  },
  'error-message': {
    message: 'The message of an error begins small, unless with a name: it stands behind `error: ` and other words.',
    selectors: [
      `NewExpression[callee.name="MaestroError"] > Literal:nth-child(2)[value=${begunLarge}]`,
      `NewExpression[callee.name="MaestroError"] > TemplateLiteral:nth-child(2) > TemplateElement:first-child[value.raw=${begunLarge}]`,
    ],
    homes: [],
  },
  flag: {
    message: 'Programs have no flags: name them in `command` of a hint, and nowhere else in an error.',
    selectors: ['Literal[value=FLAG]', 'TemplateElement[value.raw=FLAG]'].map(
      (text) =>
        `NewExpression[callee.name="MaestroError"] ${text.replace('FLAG', '/(^|[\\s(])(--[a-z]|maestro-cli [a-z])/')}:not(Property[key.name="command"] *)`,
    ),
    // Whatever only a command line reaches.
    homes: [
      'src/command-line/**/*.ts',
      'src/commands/**/*.ts',
      'src/io/**/*.ts',
      'src/gitops/**/*.ts',
      'src/core/config-file.ts',
      'src/core/fleet/*.ts',
      'src/core/jobs/**/*.ts',
      'src/operations/doctor/*.ts',
      'src/output/**/*.ts',
    ],
  },
  'one-line': {
    message:
      'Text of others is put on one line by oneLine of src/core/shown-text.ts, which knows what steers a terminal.',
    selectors: [
      'CallExpression[callee.property.name=/^replace(All)?$/][arguments.1.value=" "][arguments.0.regex.pattern=/\\\\[snrt]/]',
    ],
    homes: ['src/core/shown-text.ts'],
  },
  'server-address': {
    message: 'An address is written by formatHostPort of src/clients/connection.ts, with brackets around IPv6.',
    selectors: [
      'TemplateLiteral[quasis.1.value.raw=":"][expressions.0.name="host"][expressions.1.name="port"]',
      'TemplateLiteral[quasis.1.value.raw=":"][expressions.0.property.name="host"][expressions.1.property.name="port"]',
    ],
    homes: [
      'src/clients/connection.ts',
      'src/standin/**/*.ts',
      'src/gitops/run/http-server.ts',
      // The journals of a fleet name their server as those of earlier versions do.
      'src/commands/apply/fleet/run.ts',
    ],
  },
  'setting-key': {
    message:
      'The flag and the key of an attribute are made by flagName and settingKey of src/command-line/flag-values.ts.',
    selectors: ['CallExpression[callee.property.name=/^replace(All)?$/][arguments.0.regex.pattern="[A-Z]"]'],
    homes: ['src/command-line/flag-values.ts'],
  },
  'work-name': {
    message: 'The convention by which adapters name their works is conventionalName of src/core/works/names.ts.',
    selectors: ['TemplateElement[value.raw=/hyperfleet-$/]'],
    homes: ['src/core/works/names.ts'],
  },
  'impossible-expression': {
    message: 'What is awaited is held against a work in src/operations/wait/check-condition.ts, with its warnings.',
    selectors: ['ImportSpecifier[imported.name="refuseImpossible"]'],
    homes: ['src/operations/wait/check-condition.ts'],
  },
  'hub-kind': {
    message: 'Kinds that a hub is asked for are in src/gitops/kube/hub-kinds.ts, each once.',
    selectors: [
      'ObjectExpression:has(> Property[key.name="version"][value.type="Literal"]):has(> Property[key.name="resource"])',
      'VariableDeclarator[id.typeAnnotation.typeAnnotation.typeName.name="ResourcePath"] > ObjectExpression',
    ],
    homes: ['src/gitops/kube/hub-kinds.ts'],
  },
  'write-file': {
    message:
      'Files are made and changed in src/io/write-file.ts: whole or not at all, checked, and never through a planted link.',
    selectors: [
      namedOfFs(
        '(?:open|write|append|rename|copyFile|cp|link|symlink|truncate|ftruncate|fchmod)(?:v|File)?(?:Sync)?|createWriteStream|promises|default',
      ),
      ':matches(ImportDeclaration:has(ImportNamespaceSpecifier, ImportDefaultSpecifier), ImportExpression)[source.value=/^(node:)?fs(\\/promises)?$/]',
    ],
    // Of the last three, each opens or writes what is no file of ours to replace: a descriptor that is open already, a
    // device, a pipe.
    homes: ['src/io/write-file.ts', 'src/io/read-file.ts', 'src/io/special-file.ts', 'src/io/descriptor-output.ts'],
  },
  'read-file': {
    message: 'Files are read in src/io/read-file.ts: bounded, and ended by a signal.',
    selectors: [namedOfFs('(?:read|readv|readFile)(?:Sync)?|createReadStream')],
    homes: ['src/io/write-file.ts', 'src/io/read-file.ts', 'src/io/special-file.ts'],
  },
};

function namedOfFs(names) {
  return `ImportDeclaration[source.value=/^(node:)?fs(\\/promises)?$/] > ImportSpecifier[imported.name=/^(?:${names})$/]`;
}

const memberSelectors = ([object, property]) => [
  `MemberExpression[object.name="${object}"]:matches([property.name="${property}"], [property.value="${property}"])`,
  `:matches(VariableDeclarator[init.name="${object}"], AssignmentExpression[right.name="${object}"]) > ObjectPattern > Property[key.name="${property}"]`,
];

function banRule({ message, globals = [], members = [], selectors = [] }) {
  return {
    create(context) {
      const report = (node) => context.report({ node, message });
      const reportGlobals = () => {
        const { through, variables } = context.sourceCode.scopeManager.globalScope;
        const builtIn = variables.filter(({ defs }) => defs.length === 0).flatMap(({ references }) => references);
        for (const { identifier } of [...through, ...builtIn])
          if (globals.includes(identifier.name)) report(identifier);
      };
      return {
        ...Object.fromEntries(
          [...members.flatMap(memberSelectors), ...selectors].map((selector) => [selector, report]),
        ),
        ...(globals.length > 0 ? { 'Program:exit': reportGlobals } : {}),
      };
    },
  };
}

const only = { rules: Object.fromEntries(Object.entries(bans).map(([name, ban]) => [name, banRule(ban)])) };

const longFunctions = [
  'src/clients/rest/reader.ts',
  'src/commands/completion/bash.ts',
  'src/gitops/kube/event-recorder.ts',
  'src/gitops/run/guard.ts',
  'src/gitops/run/metrics.ts',
  'src/library/consumer-works.ts',
  'src/library/maestro-client.ts',
  'src/operations/doctor/examine.ts',
];

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', 'coverage/**', '.mutation/**'] },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    plugins: { '@stylistic': stylistic, 'eslint-comments': comments },
    rules: {
      'eslint-comments/require-description': ['error', { ignore: ['eslint-enable'] }],
      'eslint-comments/no-unlimited-disable': 'error',
      // Prettier lays out code; this is for comments, which it leaves as they are.
      '@stylistic/max-len': [
        'error',
        { code: 120, ignoreStrings: true, ignoreTemplateLiterals: true, ignoreRegExpLiterals: true, ignoreUrls: true },
      ],
      'no-unexpected-multiline': 'off',
      eqeqeq: 'error',
      'no-console': 'error',
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/only-throw-error': ['error', { allowThrowingUnknown: true }],
      '@typescript-eslint/prefer-promise-reject-errors': ['error', { allowThrowingUnknown: true }],
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['src/**/*.ts', 'src/**/*.tsx'],
    rules: {
      // What takes more takes an object, whose members have names where it is called.
      '@typescript-eslint/max-params': ['error', { max: 4 }],
      'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    // One script of a shell, one list of metrics, and objects whose methods share what they close over.
    files: longFunctions,
    rules: { 'max-lines-per-function': ['error', { max: 100, skipBlankLines: true, skipComments: true }] },
  },
  ...Object.entries(bans).map(([name, { homes }]) => ({
    files: ['src/**/*.ts', 'src/**/*.tsx'],
    ignores: homes,
    plugins: { only },
    rules: { [`only/${name}`]: 'error' },
  })),
  {
    files: [
      'test/**/*.ts',
      'test/**/*.tsx',
      'bench/**/*.ts',
      'scripts/**/*.ts',
      'robustness/**/*.ts',
      'examples/**/*.ts',
    ],
    rules: { 'max-lines': 'off', 'no-console': 'off' },
  },
  { files: ['**/*.js'], ...tseslint.configs.disableTypeChecked },
);
