import { Converter, OptionDefaults } from 'typedoc';

/** Makes the site: the pages of docs/, and the API reference of every entrance of the package. */
export default {
  name: 'nestjs-studies',
  entryPoints: [
    'lib/index.ts',
    'lib/testing/index.ts',
    'lib/isolation/cls/index.ts',
    'lib/isolation/typeorm-transactional/index.ts',
  ],
  projectDocuments: ['docs/*.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', 'sample/*/README.md'],
  out: 'dist-docs',
  plugin: [nameByHeading],
  modifierTags: [...OptionDefaults.modifierTags, '@publicApi'],
  excludeInternal: true,
  disableSources: true,
  ignoredHighlightLanguages: ['mermaid'],
  treatWarningsAsErrors: true,
};

/**
 * Names each page by its heading instead of its path.
 *
 * @param {import('typedoc').Application} application
 */
function nameByHeading({ converter }) {
  converter.on(Converter.EVENT_CREATE_DOCUMENT, (_context, document) => {
    const [, heading] = /^# (.+)$/m.exec(document.content.map(({ text }) => text).join('')) ?? [];
    if (heading !== undefined) document.name = heading;
  });
}
