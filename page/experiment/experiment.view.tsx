import { readExperiment } from '../api/api.js';
import { DifferencesView } from '../differences/differences.view.js';
import { HistoryView } from '../history/history.view.js';
import { useResource } from '../live/use.resource.js';
import { Loaded } from '../parts/loaded.js';
import { hashOf, SECTIONS, type RouteQuery, type Section } from '../route/route.js';
import { SamplesView } from '../samples/samples.view.js';
import { SettingsView } from '../settings/settings.view.js';
import { ChangingNotice } from './changing.notice.js';
import { ExperimentHead } from './experiment.head.js';
import { OverviewView } from './overview.view.js';
import { useChanging } from './use.changing.js';
import type { SectionProps } from './section.js';

/** View of one experiment. */
export function ExperimentView(props: { readonly name: string; readonly section: Section; readonly query: RouteQuery }) {
  const { name, section, query } = props;
  const experiment = useResource(`experiment ${name}`, (signal) => readExperiment(name, signal));
  const changing = useChanging(name, experiment.put);
  const { data, failure } = experiment;
  return (
    <>
      <ExperimentHead name={name} experiment={data} changing={changing} />
      {data !== undefined && <Tabs name={name} section={section} query={query} />}
      {data !== undefined && <ChangingNotice changing={changing} />}
      <Loaded resource={experiment} what="the experiment">
        {(known) => <Sectioned experiment={known} changing={changing} section={section} query={query} />}
      </Loaded>
      {data === undefined && failure?.kind === 'missing' && <Gone name={name} />}
    </>
  );
}

function Sectioned({ section, ...props }: SectionProps & { readonly section: Section }) {
  switch (section) {
    case 'overview':
      return <OverviewView {...props} />;
    case 'differences':
      return <DifferencesView {...props} />;
    case 'samples':
      return <SamplesView {...props} />;
    case 'settings':
      return <SettingsView {...props} />;
    case 'history':
      return <HistoryView name={props.experiment.name} version={props.experiment.version} />;
    default:
      return section satisfies never;
  }
}

const SECTION_WORDS: Readonly<Record<Section, string>> = {
  overview: 'Overview',
  differences: 'Differences',
  samples: 'Samples',
  settings: 'Settings',
  history: 'History',
};

function Tabs({
  name,
  section,
  query: { candidate = '', epoch = '' },
}: {
  readonly name: string;
  readonly section: Section;
  readonly query: RouteQuery;
}) {
  // Choices that all parts share. Empty ones are left out of addresses.
  const query: RouteQuery = { candidate, epoch };
  return (
    <nav class="tabs" aria-label="Parts of the experiment">
      {SECTIONS.map((one) => (
        <a
          key={one}
          href={hashOf({ view: 'experiment', name, section: one, query })}
          {...(one === section ? { 'aria-current': 'page' } : {})}
        >
          {SECTION_WORDS[one]}
        </a>
      ))}
    </nav>
  );
}

function Gone({ name }: { readonly name: string }) {
  return (
    <>
      <p>
        It may have been removed. <a href={hashOf({ view: 'list', query: {} })}>See all experiments</a>
      </p>
      <HistoryView name={name} version={0} />
    </>
  );
}
