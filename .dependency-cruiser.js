import { ROOMS, WIRING } from './rooms.js';

/** What of lib/ the page may import: what needs nothing of Node. */
const FOR_PAGE = '^lib/(reports/text/[^/]+|values/field-path)[.]ts$';

const PACKAGES = ['npm', 'npm-dev', 'npm-peer', 'npm-optional', 'npm-no-pkg', 'npm-unknown'];

/** What `import` loads instead of an `index.ts`. It imports what that requires, first. */
const FACE = '/index[.]mts$';

/** The files of a room, without those of rooms within it, and without its face. */
function filesOf(room) {
  const inner = Object.keys(ROOMS)
    .filter((one) => one.startsWith(`${room}/`))
    .map((one) => `^lib/${one}/`);
  return { path: `^lib/${room}/`, pathNot: [...inner, FACE] };
}

/** The files that a room may import: its own, and those of the rooms that it names, without what stands within them. */
function importableBy(room) {
  const own = `^lib/${room}/`;
  const inner = (one) => Object.keys(ROOMS).filter((other) => other.startsWith(`${one}/`));
  const without = (one) => {
    const names = inner(one).map((other) => other.slice(one.length + 1));
    return names.length === 0 ? `^lib/${one}/` : `^lib/${one}/(?!(${names.join('|')})/)`;
  };
  return inner(room).length === 0 ? [own, ...ROOMS[room].rooms.map(without)] : [room, ...ROOMS[room].rooms].map(without);
}

const rooms = Object.entries(ROOMS).flatMap(([room, { packages }]) => [
  {
    name: `lib/${room}: rooms`,
    comment: `lib/${room}/ does not know this room. See rooms.js.`,
    severity: 'error',
    from: filesOf(room),
    to: { path: '^lib/', pathNot: importableBy(room) },
  },
  {
    name: `lib/${room}: packages`,
    comment: `lib/${room}/ does not know this package. See rooms.js.`,
    severity: 'error',
    from: filesOf(room),
    to: { dependencyTypes: PACKAGES, pathNot: packages.map((name) => `node_modules/${name}/`) },
  },
]);

export default {
  forbidden: [
    ...rooms,
    {
      name: 'a room of its own',
      comment: 'Every file of lib/ stands in a room of rooms.js, or is index.ts or its face.',
      severity: 'error',
      from: {
        path: '^lib/',
        pathNot: ['^lib/index[.]m?ts$', ...[...Object.keys(ROOMS), ...WIRING].map((room) => `^lib/${room}/`)],
      },
      to: {},
    },
    {
      name: 'no circle',
      comment: 'Neither values nor types are imported in a circle.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'page',
      comment: 'page/ runs in a browser: of lib/ it may import what needs nothing of Node.',
      severity: 'error',
      from: { path: '^page/', pathNot: '^page/vite[.]config[.]ts$' },
      to: { path: '^lib/', pathNot: FOR_PAGE },
    },
    {
      name: 'found',
      comment: 'What is imported is there.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true, // types too
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.js', '.d.ts'],
    },
  },
};
