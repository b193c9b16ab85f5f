import { DefaultNamingStrategy, type NamingStrategyInterface } from 'typeorm';

const snake = (name: string) => name.replace(/([a-z\d])([A-Z])/g, '$1_$2').toLowerCase();
const camel = (name: string) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** The one that most applications have. */
class SnakeNaming extends DefaultNamingStrategy {
  override tableName(entity: string, given: string | undefined) {
    return given ?? snake(entity);
  }
  override columnName(property: string, given: string | undefined, prefixes: string[]) {
    return snake(prefixes.join('_')) + (given ?? snake(property));
  }
}

class PrefixNaming extends DefaultNamingStrategy {
  override tableName(entity: string, given: string | undefined) {
    return `app_${given ?? snake(entity)}`;
  }
}

/** Changes names that are given, and makes them need quotes. */
class CamelNaming extends DefaultNamingStrategy {
  override tableName(entity: string, given: string | undefined) {
    return camel(given ?? entity);
  }
  override columnName(property: string, given: string, prefixes: string[]) {
    return camel(super.columnName(property, given, prefixes));
  }
}

/** Overlooks the names that are given. */
class PropertyNaming extends DefaultNamingStrategy {
  override columnName(property: string, _given: string, prefixes: string[]) {
    return super.columnName(property, '', prefixes);
  }
}

/** Names that are words of SQL. */
class ReservedNaming extends DefaultNamingStrategy {
  override columnName(property: string, given: string, prefixes: string[]) {
    return { name: 'order', epoch: 'group', tier: 'select' }[property] ?? super.columnName(property, given, prefixes);
  }
  override prefixTableName(prefix: string, table: string) {
    return `${prefix}x_${table}`;
  }
}

/** Naming strategies that applications have. */
export const NAMING: Readonly<Record<string, NamingStrategyInterface>> = {
  'snake case': new SnakeNaming(),
  'a prefix for tables': new PrefixNaming(),
  'camel case for tables and columns': new CamelNaming(),
  'the names of properties': new PropertyNaming(),
  'reserved words': new ReservedNaming(),
};
