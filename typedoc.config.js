import { OptionDefaults } from 'typedoc';

/** Makes the site: the pages of docs/, and the API reference of every entrance of the package. */
export default {
  name: 'nestjs-studies',
  entryPoints: [
    'lib/index.ts',
    'lib/testing/index.ts',
    'lib/isolation/cls/index.ts',
    'lib/isolation/typeorm-transactional/index.ts',
  ],
  projectDocuments: ['docs/*.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md'],
  out: 'dist-docs',
  modifierTags: [...OptionDefaults.modifierTags, '@publicApi'],
  excludeInternal: true,
  disableSources: true,
  ignoredHighlightLanguages: ['mermaid'],
  validation: { notExported: false },
  treatWarningsAsErrors: true,
};
