export const HELP = `Usage: nestjs-studies <command> [options]

Commands:
  list                     all experiments
  summary <name>           what is known of an experiment
  mismatches <name>        the latest runs in which a candidate differed
  errors <name>            the latest runs in which a candidate failed, or took too long
  enable <name> [percent]  run it for so many of the calls, 100 % by default
  disable <name>           run it no more
  ready <name>             whether it is safe to switch

Options:
  --url <address>   the administration, or else NESTJS_STUDIES_URL, or else
                    http://localhost:3000/studies
  --json            print JSON
  --limit <n>       how many to print: with list (all by default), mismatches
                    and errors (10 by default)
  --wait <seconds>  with ready: wait so long while it is collecting
  --help, --version

The token in NESTJS_STUDIES_TOKEN is sent as "Authorization: Bearer <token>".

Exit codes: 0 done, and ready; with ready, 2 while collecting and 3 if not
ready; 1 when something failed; 64 when the command was not understood.
`;
