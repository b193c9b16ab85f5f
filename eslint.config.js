import tseslint from 'typescript-eslint';

/** How a value could reach the page as markup, or a page leave for an address that a value holds. */
const MARKUP = ['dangerouslySetInnerHTML', 'innerHTML', 'outerHTML', 'insertAdjacentHTML', 'srcdoc'];

export default tseslint.config(
  {
    ignores: [
      '**/dist/',
      'dist-docs/',
      'node_modules/',
      'vitest.config.ts',
      'page/vite.config.ts',
      'rooms.d.ts',
      'test/package/fixtures/nest-new/',
      'test/package/fixtures/settings/',
      'test/package/fixtures/without-typeorm/',
      'test/applications/shop/',
    ],
  },
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
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      'no-console': 'error',
      'no-restricted-properties': ['error', { object: 'process', property: 'exit' }],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'MethodDefinition[kind="constructor"] > FunctionExpression[params.length>5]',
          message: 'A constructor takes at most five parameters. Give it an object of named parts.',
        },
      ],
    },
  },
  {
    files: ['page/**/*.ts', 'page/**/*.tsx'],
    rules: {
      'no-console': 'error',
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
