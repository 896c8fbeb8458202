import js from '@eslint/js';
import stylistic from '@stylistic/eslint-plugin';
import tseslint from 'typescript-eslint';

/**
 * Layers point one way:
 *   bin → commands → operations → clients → core
 * with gitops, the controllers, between commands and operations; output and io
 * beside commands, and standin beside clients. Each entry lists what a folder
 * must not import, with the reason.
 */
const layers = [
  {
    folder: 'src/core',
    forbidden: ['**/clients/**', '**/commands/**', '**/operations/**', '**/output/**', '**/io/**', '**/standin/**'],
    reason: 'the core knows neither terminal nor network',
  },
  {
    folder: 'src/clients',
    forbidden: ['**/commands/**', '**/operations/**', '**/output/**', '**/standin/**'],
    reason: 'clients carry requests, they do not decide or print',
  },
  {
    folder: 'src/operations',
    forbidden: ['**/commands/**', '**/output/**', '**/standin/**'],
    reason: 'operations serve commands and library alike, so they never print',
  },
  {
    folder: 'src/client',
    forbidden: ['**/commands/**', '**/command-line/**', '**/output/**', '**/standin/**'],
    reason: 'the library never prints',
  },
  {
    folder: 'src/gitops',
    forbidden: ['**/commands/**', '**/command-line/**', '**/output/**', '**/standin/**'],
    reason: 'the controllers decide and write to the hub, they do not print',
  },
  {
    folder: 'src/output',
    forbidden: ['**/clients/**', '**/commands/**', '**/standin/**'],
    reason: 'printers are functions of a value and a writer',
  },
  {
    folder: 'src/standin',
    forbidden: ['**/commands/**', '**/operations/**', '**/output/**', '**/clients/rest/**'],
    reason: 'the stand-in is a server; sharing client logic would hide a fault on both sides',
  },
  {
    folder: 'src/commands',
    forbidden: ['**/clients/grpc/**', '**/clients/rest/**'],
    reason: 'commands reach Maestro through the context',
  },
];

/** What node:fs has for changing and for reading files, each with the one place that may use it. */
const fileCalls = [
  {
    names:
      '(?:open|write|append|rename|copyFile|cp|link|symlink|truncate|ftruncate|fchmod)(?:v|File)?(?:Sync)?|createWriteStream|promises|default',
    message:
      'Files are made and changed in src/io/write-file.ts: whole or not at all, checked, and never through a planted link.',
  },
  {
    names: '(?:read|readv|readFile)(?:Sync)?|createReadStream',
    message: 'Files are read in src/io/read-file.ts: bounded, and ended by a signal.',
  },
];
/**
 * Of these, each opens or writes what is no file of ours to replace: a descriptor that is open already, a device, a
 * pipe.
 */
const fileHomes = [
  'src/io/write-file.ts',
  'src/io/read-file.ts',
  'src/io/special-file.ts',
  'src/io/descriptor-output.ts',
];

const networkModules = [
  'node:net',
  'node:tls',
  'node:http',
  'node:https',
  'node:http2',
  'node:dns',
  'undici',
  '@grpc/*',
];

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', 'coverage/**'] },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    plugins: { '@stylistic': stylistic },
    rules: {
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
    files: ['src/**/*.ts'],
    ignores: ['src/clock.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        { name: 'process', message: 'Only bin/ touches the process; take what you need from the Context.' },
        { name: 'setTimeout', message: 'Timers live in src/clock.ts; take a Clock.' },
        { name: 'setInterval', message: 'Timers live in src/clock.ts; take a Clock.' },
        { name: 'performance', message: 'Clocks live in src/clock.ts; take a Clock.' },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Clocks live in src/clock.ts; take a Clock.' },
        { object: 'Math', property: 'random', message: 'Take a random source as an argument.' },
        {
          object: 'JSON',
          property: 'parse',
          message: 'Foreign text may nest deeper than a walk over it can go: use parseJson of src/core/json.ts.',
        },
      ],
    },
  },
  {
    // The reader itself, the stand-in, which is fed by tests, and text that we wrote ourselves or that is one string.
    files: [
      'src/core/json.ts',
      'src/standin/**/*.ts',
      'src/build-info.ts',
      'src/core/schemas/built-in.ts',
      'src/core/yaml/json-text.ts',
      'src/gitops/run/pino-log.ts',
    ],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Clocks live in src/clock.ts; take a Clock.' },
        { object: 'Math', property: 'random', message: 'Take a random source as an argument.' },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector:
            'ImportDeclaration[source.value="yaml"][importKind!="type"] ImportSpecifier[imported.name=/^(stringify|Document)$/]',
          message: 'One writer, src/output/yaml.ts, knows what kubectl reads as it was.',
        },
      ],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: fileHomes,
    rules: {
      'no-restricted-syntax': [
        'error',
        ...fileCalls.map(({ names, message }) => ({
          selector: `ImportDeclaration[source.value=/^(node:)?fs(\\/promises)?$/] > ImportSpecifier[imported.name=/^(?:${names})$/]`,
          message,
        })),
        {
          selector:
            ':matches(ImportDeclaration:has(ImportNamespaceSpecifier, ImportDefaultSpecifier), ImportExpression)[source.value=/^(node:)?fs(\\/promises)?$/]',
          message: 'Import by name what is used of node:fs, so that it can be seen.',
        },
      ],
    },
  },
  ...layers.map(({ folder, forbidden, reason }) => ({
    files: [`${folder}/**/*.ts`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: forbidden, message: `Layering: ${reason}.` },
            { group: ['node:process', 'node:timers', 'node:timers/*'], message: 'See src/clock.ts and bin/.' },
            ...(folder === 'src/core' || folder === 'src/output'
              ? [{ group: networkModules, message: `Layering: ${reason}.` }]
              : []),
          ],
        },
      ],
    },
  })),
  {
    files: ['test/**/*.ts', 'bench/**/*.ts', 'scripts/**/*.ts', 'examples/**/*.ts'],
    rules: { 'max-lines': 'off', 'no-console': 'off' },
  },
  { files: ['**/*.js'], ...tseslint.configs.disableTypeChecked },
);
