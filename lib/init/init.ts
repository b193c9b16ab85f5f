import { storeIn } from './database-step.js';
import { addGuard, GUARD } from './guard-step.js';
import { InitFailure } from './init-failure.js';
import type { InitOptions, InitPlan } from './init-options.js';
import { decorateFirst, hasExperiment, type FirstExperiment } from './method-step.js';
import { importStudies, importsStudies } from './module-step.js';
import { Project, type ProjectFiles } from './editing/project.js';
import { findRootModule } from './root-module.js';
import type { TypeScript } from './editing/typescript.js';

const ADMIN = `admin: { guards: [${GUARD}] }`;

/** What to write where the root module has a shape that isn't known. */
const BY_HAND = [
  "import { StudiesModule } from 'nestjs-studies';",
  `StudiesModule.forRoot({ ${ADMIN} }) // in the imports of the root module; see docs/getting-started.md for the rest`,
];

/**
 * Plans what puts the library into an existing application: the module, the migrations, a guard and a first experiment. It
 * changes nothing that is there already, and writes nothing itself.
 *
 * @throws InitFailure when the application has a shape that isn't known
 */
export function planInit(ts: TypeScript, files: ProjectFiles, options: InitOptions = {}): InitPlan {
  const project = new Project(ts, files);
  const configuration = project.configuration(options.project);
  if (configuration === undefined) throw new InitFailure(`nest-cli.json has no project "${String(options.project)}".`);
  const { sourceRoot } = configuration;
  const notes: string[] = [];
  if (importsStudies(project, sourceRoot)) {
    notes.push('The application imports StudiesModule already.');
  } else {
    const root = findRootModule(project, configuration, options.module, BY_HAND);
    const storing = storeIn(project, sourceRoot, options);
    importStudies(root, [...storing.properties(root.metadata.source.style), ADMIN], BY_HAND);
    addGuard(project, root.source, root.metadata.source);
    const entry = project.source(`${sourceRoot}/${configuration.entryFile}.ts`);
    if (entry?.text.includes('NestFactory.create(') === true && !entry.text.includes('enableShutdownHooks')) {
      notes.push(
        `Call app.enableShutdownHooks() in ${entry.path}: then the last counts are written when the process is stopped.`,
      );
    }
    notes.push(...storing.notes, 'Set STUDIES_ADMIN_TOKEN: the administration at /studies asks for it.');
  }
  notes.push(...decorate(project, sourceRoot, options.method));
  return { files: project.changes(), notes };
}

function decorate(project: Project, sourceRoot: string, wanted: string | undefined): string[] {
  if (wanted === undefined && hasExperiment(project, sourceRoot)) return ['The application has an experiment already.'];
  const first = decorateFirst(project, sourceRoot, wanted);
  if (first !== undefined) return describeFirst(first);
  return wanted === undefined
    ? ['By hand: no @Get() method is fit to be the first experiment. Decorate one: @Experiment({ candidate: … })']
    : [`${wanted} is an experiment already.`];
}

function describeFirst({ path, method, candidate, name }: FirstExperiment): string[] {
  return [
    `${method} is the experiment "${name}". Change its candidate, ${candidate} in ${path}.`,
    'Start the application, and turn it on with the same token:',
    `  NESTJS_STUDIES_TOKEN=$STUDIES_ADMIN_TOKEN npx nestjs-studies enable ${name}`,
    `  NESTJS_STUDIES_TOKEN=$STUDIES_ADMIN_TOKEN npx nestjs-studies summary ${name}`,
  ];
}
