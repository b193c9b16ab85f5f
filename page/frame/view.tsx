import { ExperimentView } from '../experiment/experiment.view.js';
import { ListView } from '../list/list.view.js';
import { hashOf, type Route } from '../route/route.js';
import { SampleView } from '../samples/sample.view.js';

/** The view that an address names. */
export function View({ route }: { readonly route: Route }) {
  switch (route.view) {
    case 'list':
      return <ListView query={route.query} />;
    case 'experiment':
      return <ExperimentView key={route.name} name={route.name} section={route.section} query={route.query} />;
    case 'sample':
      return <SampleView key={`${route.name}/${route.id}`} name={route.name} id={route.id} />;
    case 'unknown':
      return (
        <>
          <h1 data-arrival tabIndex={-1}>
            There is nothing here
          </h1>
          <p>
            This address leads nowhere. <a href={hashOf({ view: 'list', query: {} })}>See all experiments</a>
          </p>
        </>
      );
    default:
      return route satisfies never;
  }
}
