import type { Beginning } from './manifest.js';

/**
 * Renders the page's document. Everything else is in its script and styles.
 *
 * @param directory their directory, relative to the page; must not contain HTML syntax
 */
export function pageHtml({ script, styles, imported, icon }: Beginning, directory: string): string {
  const addressOf = (file: string) => `${directory}/${encodeURIComponent(file)}`;
  const links = [
    ...(icon === undefined ? [] : [`<link rel="icon" href="${addressOf(icon)}">`]),
    ...styles.map((file) => `<link rel="stylesheet" href="${addressOf(file)}">`),
    ...imported.map((file) => `<link rel="modulepreload" href="${addressOf(file)}">`),
    `<script type="module" src="${addressOf(script)}"></script>`,
  ];
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>Experiments</title>
    ${links.join('\n    ')}
  </head>
  <body>
    <div id="page"></div>
    <noscript>This page shows the experiments of an application. It needs JavaScript.</noscript>
  </body>
</html>
`;
}
