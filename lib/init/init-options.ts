/** Options of `init`. What isn't given is looked for. */
export interface InitOptions {
  /** The first method to decorate, as `Class.method`. */
  readonly method?: string | undefined;
  /** File of the root module. */
  readonly module?: string | undefined;
  /** File of the data source of TypeORM's command. */
  readonly dataSource?: string | undefined;
  /** Kind of the database, for an application without TypeORM. */
  readonly database?: string | undefined;
  /** Project of a monorepo, as `nest-cli.json` names it. */
  readonly project?: string | undefined;
}

/** Outcome of `init`: the files to write, and what to tell the user. */
export interface InitPlan {
  /** New texts by path. */
  readonly files: ReadonlyMap<string, string>;
  /** What was done, found done, or is left to do, in sentences. */
  readonly notes: readonly string[];
}
