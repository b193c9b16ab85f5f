import type { SqlLexicon } from './sql-tokens.js';

/** Facts about the statements of one kind of database. */
export interface SqlDialect {
  readonly lexicon: SqlLexicon;
  /** First words of statements that only read, or only concern the session. */
  readonly reads: ReadonlySet<string>;
  /** Functions that do more than read, though a read-only session lets them through, or whose names tell more than its refusal. */
  readonly actingFunctions: RegExp;
  /** Texts without any match that begin with SELECT only read, so that they need no closer look. */
  readonly suspicious: RegExp;
  /** Settings of a session that a statement may set. */
  readonly settings: RegExp;
  /** Tells whether every word that can begin a writing statement counts as one, wherever it stands. */
  readonly isStrict: boolean;
}

/** Types of data sources, as TypeORM names them, whose databases speak PostgreSQL's language. */
const POSTGRES_TYPES = ['postgres', 'cockroachdb', 'aurora-postgres'];
const MYSQL_TYPES = ['mysql', 'mariadb', 'aurora-mysql'];
const SQLITE_TYPES = ['sqlite', 'better-sqlite3', 'sqljs', 'expo', 'cordova', 'capacitor', 'react-native', 'nativescript'];

/** Returns the dialect of a data source, by its type. Of a database that is not known, fewer statements count as reading. */
export function sqlDialectOf(type: string): SqlDialect {
  if (POSTGRES_TYPES.includes(type)) return POSTGRES;
  if (MYSQL_TYPES.includes(type)) return MYSQL;
  return SQLITE_TYPES.includes(type) ? SQLITE : OTHER;
}

/** Words with which something may begin that does more than read, wherever they stand. */
const ACTING_WORDS = 'insert|update|delete|merge|replace|truncate|upsert|into|for|lock|next';

/** Makes the two patterns of functions, from the names of the functions. */
function acting(...names: readonly string[]): Pick<SqlDialect, 'actingFunctions' | 'suspicious'> {
  const any = names.join('|');
  // Also what separates statements, sets a variable, escapes in strings and names, and comments that may hold code.
  return {
    actingFunctions: new RegExp(`^(?:${any})$`),
    suspicious: new RegExp(`[;\\\\]|:=|u&|/\\*|(?:\\b|\\d)(?:${ACTING_WORDS}|${any})\\b`, 'i'),
  };
}

const POSTGRES: SqlDialect = {
  lexicon: { nameQuotes: { '"': '"' }, isPostgres: true, isMysql: false },
  reads: new Set([
    ...['select', 'with', 'values', 'table', 'show', 'explain', 'declare', 'fetch', 'move', 'close'],
    ...['set', 'reset', 'prepare', 'execute', 'deallocate', 'copy'],
  ]),
  // Sources: the manual's chapters "System Administration Functions", "Sequence Manipulation Functions", "Large Objects", "dblink" and
  // "XML Functions" (which run a text), and the pgsql-http extension.
  ...acting(
    ...['pg_notify', 'set_config', 'nextval', 'setval', 'pg_(?:try_)?advisory_\\w+', 'pg_(?:terminate|cancel)_backend'],
    ...[
      'pg_reload_conf',
      'pg_promote',
      'pg_rotate_logfile\\w*',
      'pg_switch_wal',
      'pg_create_\\w+',
      'pg_drop_\\w+',
      'pg_copy_\\w+',
    ],
    ...['pg_backup_\\w+', 'pg_(?:start|stop)_backup', 'pg_wal_replay_(?:pause|resume)', 'pg_export_snapshot'],
    ...['pg_logical_(?:emit_message|slot_get_\\w+)', 'pg_replication_(?:slot_advance|origin_\\w+)', 'pg_stat_reset\\w*'],
    ...['pg_stat_statements_reset', 'pg_stat_clear_snapshot', 'pg_file_\\w+', 'pg_log_\\w+', 'pg_import_system_collations'],
    ...['pg_(?:restore|clear)_\\w+_stats', 'lo_(?!get$)\\w+', 'lowrite', 'dblink\\w*', 'query_to_xml\\w*'],
    ...['http', 'http_(?:post|put|patch|delete)', 'gin_clean_pending_list', 'brin_(?:de)?summarize_\\w+'],
    // Of Amazon's RDS and Aurora.
    ...['invoke', 'query_export_to_s3', 'table_import_from_s3'],
  ),
  settings: /^(?!.*(?:read_only|authorization|replication_role)|role$)/,
  isStrict: false,
};

const MYSQL: SqlDialect = {
  lexicon: { nameQuotes: { '`': '`' }, isPostgres: false, isMysql: true },
  reads: new Set(['select', 'with', 'values', 'table', 'show', 'explain', 'describe', 'desc', 'analyze', 'use', 'set', 'help']),
  // Sources: the manuals' chapters "Locking Functions" and "Sequence Functions", and loadable functions that come with the servers.
  ...acting(
    ...['get_lock', 'release_(?:all_)?locks?', 'nextval', 'setval', 'sys_(?:exec|eval|set)', 'group_replication_\\w+'],
    ...['asynchronous_connection_failover_\\w+', 'keyring_\\w+', 'version_tokens_\\w+', 'service_(?:get|release)_\\w+'],
    ...['lambda_a?sync', 'spider_\\w+'],
  ),
  settings: anyOf(
    ...['names', 'character_set_\\w+', 'charset', 'collation_connection', 'time_zone', 'timestamp', 'lc_time_names'],
    ...['sql_mode', 'sql_safe_updates', 'sql_select_limit', 'group_concat_max_len', 'div_precision_increment'],
    ...['max_execution_time', 'max_statement_time', 'max_join_size', 'cte_max_recursion_depth', 'profiling'],
    ...['optimizer_\\w+', '(?:join|sort|read)_buffer_size', 'use_stat_tables', 'tmp_table_size', 'max_heap_table_size'],
    ...['net_(?:read|write)_timeout', 'wait_timeout', 'interactive_timeout', '(?:innodb_)?lock_wait_timeout'],
  ),
  isStrict: false,
};

const SQLITE: SqlDialect = {
  lexicon: { nameQuotes: { '"': '"', '`': '`', '[': ']' }, isPostgres: false, isMysql: false },
  reads: new Set(['select', 'with', 'values', 'explain', 'pragma']),
  ...acting('load_extension', 'writefile', 'edit', 'fts3_tokenizer', 'pragma_optimize'),
  // Those that only tell something. See https://www.sqlite.org/pragma.html
  settings: anyOf(
    ...['table_x?info', 'table_list', 'index_(?:list|x?info)', 'foreign_key_(?:list|check)', 'database_list'],
    ...['collation_list', 'function_list', 'module_list', 'pragma_list', 'compile_options', 'integrity_check', 'quick_check'],
    ...['data_version', 'page_count', 'freelist_count', 'schema_version', 'user_version', 'encoding', 'foreign_keys'],
    ...['journal_mode', 'page_size'],
  ),
  isStrict: false,
};

const OTHER: SqlDialect = {
  lexicon: { nameQuotes: { '"': '"', '[': ']', '`': '`' }, isPostgres: false, isMysql: false },
  reads: new Set(['select', 'with', 'values']),
  ...acting('openrowset', 'openquery', 'opendatasource', 'nextval', 'dbms_\\w+', 'utl_\\w+'),
  settings: /^(?!)/,
  isStrict: true,
};

function anyOf(...patterns: readonly string[]): RegExp {
  return new RegExp(`^(?:${patterns.join('|')})$`);
}
