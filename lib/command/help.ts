/** Text that `--help` prints. */
export const HELP = `Usage: nestjs-studies <command> [options]

Commands:
  init [Class.method]      put experiments into the application in this directory:
                           module, migrations, guard, and a first decorated method
  list                     list all experiments
  summary <name>           show the summary of an experiment
  epochs <name>            list the releases that have results
  mismatches <name>        show the latest runs in which a candidate differed
  errors <name>            show the latest runs in which a candidate threw or timed out
  enable <name> [percent]  run it for a percentage of the calls, 100 by default
  disable <name>           turn it off
  ready <name>             tell whether it is safe to switch
  receipt <name>           write the verdict, and what it rests on, as a document

Options:
  --url <address>   address of the administration; default: NESTJS_STUDIES_URL,
                    or http://localhost:3000/studies
  --header <header> header to send, such as "X-Api-Key: …"; may be repeated
  --json            print JSON
  --limit <n>       number of items to print: with list (default: all),
                    mismatches and errors (default: 10)
  --epoch <number>  with summary: results of an earlier release, as epochs lists it
  --wait <seconds>  with ready: longest wait while it is collecting
  --markdown        with receipt: write Markdown, the default
  --out <file>      with receipt: file to write; as JSON if it ends in .json
  --against <file>  with receipt: tell what has changed since this receipt (JSON)
  --module <file>, --data-source <file>, --project <name>, --dry-run
                    with init: file of the root module, file of the data source of
                    TypeORM's command, project of a monorepo; write nothing
  --database <type> with init: postgres, mysql, mariadb or better-sqlite3, to store
                    experiments apart from the application's data
  --help, --version

The token in NESTJS_STUDIES_TOKEN is sent as "Authorization: Bearer <token>",
the name and password in NESTJS_STUDIES_USER (name:password) as basic
authentication. Others on the machine can see --header.

Exit codes: 0 success, or ready; with ready, 2 while collecting, 3 if not ready
and 4 if the control is too noisy to tell; with receipt --against, 5 if it is
better and 6 if it is worse than before; 1 after a failure; 64 for an invalid
command line.
`;
