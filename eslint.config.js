import tseslint from 'typescript-eslint';

/** The rooms of lib/, and what each may not import. */
const rooms = [
  [
    'experiment',
    [
      '@nestjs/*',
      'typeorm',
      '../storage/*',
      '../recording/*',
      '../publishing/*',
      '../decorators/*',
      '../admin/*',
      '../testing/*',
      '../isolation/*',
      '../studies.*',
      '../experiment.service.js',
    ],
  ],
  [
    'isolation',
    [
      '@nestjs/*',
      '../storage/*',
      '../recording/*',
      '../publishing/*',
      '../decorators/*',
      '../admin/*',
      '../testing/*',
      '../studies.*',
      '../experiment.service.js',
    ],
  ],
  [
    'storage',
    [
      '@nestjs/*',
      '../recording/*',
      '../publishing/*',
      '../decorators/*',
      '../admin/*',
      '../testing/*',
      '../studies.*',
      '../experiment.service.js',
    ],
  ],
  [
    'recording',
    ['@nestjs/*', '../publishing/*', '../decorators/*', '../admin/*', '../testing/*', '../studies.*', '../experiment.service.js'],
  ],
  [
    'publishing',
    ['typeorm', '../storage/*', '../decorators/*', '../admin/*', '../testing/*', '../studies.*', '../experiment.service.js'],
  ],
  [
    'decorators',
    ['typeorm', '../storage/*', '../publishing/*', '../admin/*', '../testing/*', '../studies.*', '../experiment.service.js'],
  ],
  ['admin', ['typeorm', '../publishing/*', '../decorators/*', '../testing/*', '../studies.*', '../experiment.service.js']],
];

/** What of lib/ the page may import: what needs nothing of Node. */
const PAGE_IMPORTS = String.raw`lib/(?!recording/text/[\w.]+\.js$|experiment/field-path\.js$)`;

/** How a value could reach the page as markup, or a page leave for an address that a value holds. */
const MARKUP = ['dangerouslySetInnerHTML', 'innerHTML', 'outerHTML', 'insertAdjacentHTML', 'srcdoc'];

/** What the command may import: it runs without an application, and starts at once. */
const COMMAND_IMPORTS = String.raw`^(?!node:|\./|\.\./recording/(summary\.text|text/[\w.]+)\.js$)`;

export default tseslint.config(
  { ignores: ['**/dist/', 'node_modules/', 'vitest.config.ts', 'page/vite.config.ts'] },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/unified-signatures': 'off',
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/only-throw-error': 'off',
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['lib/**/*.ts'],
    rules: { 'no-console': 'error', 'no-restricted-properties': ['error', { object: 'process', property: 'exit' }] },
  },
  ...rooms.map(([room, group]) => ({
    files: [`lib/${room}/**/*.ts`],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: [...group, '../command/*'], message: `lib/${room}/ does not know this.` }] },
      ],
    },
  })),
  {
    files: ['lib/command/**/*.ts'],
    rules: {
      'no-restricted-imports': ['error', { patterns: [{ regex: COMMAND_IMPORTS, message: 'lib/command/ does not know this.' }] }],
    },
  },
  {
    files: ['page/**/*.ts', 'page/**/*.tsx'],
    rules: {
      'no-console': 'error',
      'no-restricted-imports': ['error', { patterns: [{ regex: PAGE_IMPORTS, message: 'page/ runs in a browser.' }] }],
      'no-restricted-syntax': [
        'error',
        ...MARKUP.map((name) => ({
          selector: `:matches(JSXIdentifier, MemberExpression > Identifier.property)[name="${name}"]`,
          message: 'Values reach the page as text only.',
        })),
      ],
    },
  },
  {
    files: ['test/**/*.ts', 'sample/**/*.ts'],
    rules: {
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/unbound-method': 'off',
      // Nest declares the options of an application as a class.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
);
