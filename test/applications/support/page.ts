import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { differingSteps, mainReason, type Application, type Experiments } from './transcript.js';

const PAGE = join(import.meta.dirname, '../../../docs/compatibility.md');

/** What other tests try, and where. */
const ELSEWHERE: readonly (readonly [integration: string, file: string])[] = [
  ['Fastify, for the administration and decorated controllers', 'test/e2e/admin.surroundings.spec.ts'],
  ['GraphQL with Mercurius', 'test/e2e/graphql.spec.ts'],
  ['DataLoader', 'test/e2e/dataloader.spec.ts'],
  ['RabbitMQ: messages that are acknowledged by hand, in all modes', 'test/e2e/rabbitmq.spec.ts'],
  ['typeorm-transactional', 'test/e2e/isolation.typeorm-transactional.spec.ts'],
  ['AsyncLocalStorage and nestjs-cls', 'test/e2e/isolation.stores.spec.ts'],
  ['PostgreSQL, MariaDB and SQLite: pools and transactions', 'test/e2e/isolation.transactions.spec.ts'],
  ['Jest and Vitest in what `nest new` makes of NestJS 11 and 12, on Node 20, 22 and 24', 'test/package/nest-new.spec.ts'],
  ['CommonJS and ES modules', 'test/package/package.spec.ts'],
];

const INTRODUCTION = `# Compatibility

What has been tried beside the library, and did everything stay the same?

\`test/applications\` is an application in the style of well-known boilerplates. Nearly every method
that can be a control is one, with three bad candidates: one changes all that it can reach, one throws, at once and later, and
one never ends. A client uses the application in every way, three times: without the library, with all experiments at 0 %, and
at 100 %. Answers with their headers, messages, stored rows and the OpenAPI document must be the same, byte by byte. So must
be the log at 0 %, but for [clients that candidates can reach](effects.md#what-gets-through).

\`npm run test:applications -- -u\` makes this page of the results, and CI fails if it is not up to date.
`;

/** Makes the page of the documentation from what applications have given. */
export async function compatibilityPage(applications: readonly Application[]): Promise<string> {
  const text = [
    INTRODUCTION,
    ...applications.flatMap((application) => [`## ${application.name}`, integrationTable(application)]),
    '## Controls whose candidates do not run',
    'Their calls run the control alone, and are counted as [skipped](running.md#other-reasons-for-skipping):',
    skippedTable(applications),
    '## Tried by other tests',
    table(
      ['Integration', 'Test'],
      ELSEWHERE.map(([name, file]) => [name, `\`${file}\``]),
    ),
  ].join('\n\n');
  return format(text, { ...(await resolveConfig(PAGE)), filepath: PAGE });
}

function integrationTable({ transcripts }: Application): string {
  const rows = transcripts.absent.played.map(({ name, packages, tried }, index) => {
    const [off, on] = (['0', '100'] as const).map((percent) => verdict(transcripts, percent, index));
    return [name, packages.join(', '), tried, off ?? '', on ?? ''];
  });
  return table(['Integration', 'Packages', 'Tried', 'Same at 0 %', 'Same at 100 %'], rows);
}

function verdict(transcripts: Application['transcripts'], percent: Experiments, index: number): string {
  const [expected, received] = [transcripts.absent.played[index], transcripts[percent].played[index]];
  const steps = expected?.steps ?? [];
  return differingSteps(steps, received?.steps ?? []).length === 0 ? `yes, ${steps.length} steps` : 'no';
}

/** Lists controls by reason. All applications have the same. */
function skippedTable(applications: readonly Application[]): string {
  const idle = applications.flatMap(({ transcripts }) => transcripts['100'].experiments.filter(({ runs }) => runs === 0));
  const reasons = new Map(idle.map((tally) => [tally.name, mainReason(tally)]));
  const rows = [...new Set(reasons.values())].sort().map((reason) => {
    const controls = [...reasons.keys()].filter((name) => reasons.get(name) === reason).sort();
    return [`\`${reason}\``, controls.map((name) => `\`${name}\``).join(', ')];
  });
  return table(['Reason', 'Controls'], rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
