import type ts from 'typescript';
import { propertyOf, valueOf, type Place } from './editing/declarations.js';
import { appendElements, appendProperties, isInOneLine, rewriteObject } from './editing/list-edit.js';
import type { Source } from './editing/source.js';

/** Maker of a data source from the options. */
export interface UseOfOptions {
  /** `TypeOrmModule`, which knows `autoLoadEntities`. */
  readonly byModule: boolean;
  /** True if the command of TypeORM runs the migrations. */
  readonly byCommand: boolean;
  /** True to add no migrations. */
  readonly entitiesAlone?: boolean;
}

/** Additions to the options of a data source. */
interface Additions {
  readonly properties: readonly string[];
  /** Lists that get an item. */
  readonly lists: readonly (readonly [list: ts.ArrayLiteralExpression, name: string])[];
}

/**
 * Adds the library's migrations and entities to the options of a data source.
 *
 * @returns false if they can't be read, so that nothing is added
 */
export function extendDataSource({ source, node }: Place<ts.ObjectLiteralExpression>, use: UseOfOptions): boolean {
  const entities = entitiesFor(source, node, use);
  const migrations = use.entitiesAlone === true ? NOTHING : migrationsFor(source, node, use);
  if (entities === undefined || migrations === undefined) return false;
  const lists = [...entities.lists, ...migrations.lists];
  const properties = [...entities.properties, ...migrations.properties];
  if (lists.length + properties.length > 0 && isInOneLine(source, node)) {
    rewriteObject(source, node, new Map(lists.map(([list, name]) => [list.parent, extended(list, name)])), properties);
  } else {
    for (const [list, name] of lists) appendElements(source, list, [`...${name}`]);
    appendProperties(source, node, properties);
  }
  for (const [, name] of lists) source.import('nestjs-studies', name);
  if (properties.some((text) => text.includes('STUDIES_MIGRATIONS'))) source.import('nestjs-studies', 'STUDIES_MIGRATIONS');
  return true;
}

/** Writes a property that is a list with a further one. */
function extended(list: ts.ArrayLiteralExpression, name: string): string {
  const property = list.parent.getText().slice(0, list.getStart() - list.parent.getStart());
  return `${property}[${[...list.elements.map((element) => element.getText()), `...${name}`].join(', ')}]`;
}

const NOTHING: Additions = { properties: [], lists: [] };

function entitiesFor(source: Source, node: ts.ObjectLiteralExpression, use: UseOfOptions): Additions | undefined {
  if (valueOf(source, node, 'autoLoadEntities')?.kind === source.ts.SyntaxKind.TrueKeyword) return NOTHING;
  if (node.getText().includes('STUDIES_ENTITIES')) return NOTHING;
  const list = listOf(source, node, 'entities');
  if (list !== undefined) return { properties: [], lists: [[list, 'STUDIES_ENTITIES']] };
  if (!use.byModule) return use.byCommand ? NOTHING : undefined;
  if (use.byCommand || propertyOf(source, node, 'autoLoadEntities') !== undefined) return undefined;
  return { properties: ['autoLoadEntities: true'], lists: [] };
}

function migrationsFor(source: Source, node: ts.ObjectLiteralExpression, use: UseOfOptions): Additions | undefined {
  if (node.getText().includes('STUDIES_MIGRATIONS')) return NOTHING;
  const list = listOf(source, node, 'migrations');
  if (list !== undefined) return { properties: [], lists: [[list, 'STUDIES_MIGRATIONS']] };
  const isSpread = node.properties.some((property) => source.ts.isSpreadAssignment(property));
  if (isSpread || propertyOf(source, node, 'migrations') !== undefined) return undefined;
  const own = 'migrations: [...STUDIES_MIGRATIONS]';
  const runs = use.byCommand || propertyOf(source, node, 'migrationsRun') !== undefined ? [] : ['migrationsRun: true'];
  return { properties: [own, ...runs], lists: [] };
}

function listOf(source: Source, node: ts.ObjectLiteralExpression, name: string): ts.ArrayLiteralExpression | undefined {
  const property = propertyOf(source, node, name);
  const value = property !== undefined && source.ts.isPropertyAssignment(property) ? property.initializer : undefined;
  return value !== undefined && source.ts.isArrayLiteralExpression(value) ? value : undefined;
}
