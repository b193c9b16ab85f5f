import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';

/** A chart with its title, an explanation, and its figures as a table. */
export function Picture(props: {
  readonly title: string;
  readonly hint: ComponentChildren;
  /** Figure at the pointer, in words. */
  readonly readout: ComponentChildren;
  readonly columns: readonly string[];
  /** Rows of the table; created only when it is opened. */
  readonly rows: () => readonly (readonly ComponentChildren[])[];
  readonly children: ComponentChildren;
}) {
  const { title, hint, readout, columns, rows, children } = props;
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  return (
    <figure class="panel picture" aria-labelledby={id}>
      <figcaption>
        <h3 id={id}>{title}</h3>
        <p class="quiet">{hint}</p>
      </figcaption>
      {children}
      <p class="readout" aria-hidden="true">
        {readout}
      </p>
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          Figures as a table<span class="unseen">: {title}</span>
        </summary>
        {isOpen && (
          <div class="scroll" tabIndex={0} role="group" aria-label={`${title}, as a table`}>
            <FigureTable columns={columns} rows={rows()} />
          </div>
        )}
      </details>
    </figure>
  );
}

function FigureTable({
  columns,
  rows,
}: {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly ComponentChildren[])[];
}) {
  return (
    <table class="figures">
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column} scope="col">
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(([first, ...rest], row) => (
          <tr key={row}>
            <th scope="row">{first}</th>
            {rest.map((figure, column) => (
              <td key={column}>{figure}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
