/**
 * Rewrites the statements of a migration so that it can be applied twice. MySQL commits each statement by itself, so a
 * migration that is interrupted starts again from its first one. The indexes of a new table become a part of its statement,
 * because MySQL has no `CREATE INDEX IF NOT EXISTS`.
 */
export function repeatable(statements: readonly string[], dialect: 'mysql' | 'sqlite'): string[] {
  const result: string[] = [];
  for (const statement of statements) {
    const [, kind, index, table, columns] =
      /^CREATE (UNIQUE )?INDEX (`[^`]+`) ON (`[^`]+`) \((.+)\);?$/.exec(statement) ?? [];
    const place = result.findIndex((earlier) => earlier.startsWith(`CREATE TABLE IF NOT EXISTS ${table} (`));
    if (index !== undefined && dialect === 'mysql' && place >= 0) {
      const definition = `,\n\t${kind ?? ''}INDEX ${index} (${columns})\n);`;
      result[place] = (result[place] as string).replace(/\n\);\s*$/, definition);
    } else {
      const exists = dialect === 'sqlite' ? /^CREATE (TABLE|(UNIQUE )?INDEX) (?!IF )/ : /^CREATE (TABLE) (?!IF )/;
      result.push(
        statement
          .trimEnd()
          .replace(exists, 'CREATE $1 IF NOT EXISTS ')
          .replace(/^DROP TABLE (?!IF )/, 'DROP TABLE IF EXISTS '),
      );
    }
  }
  return result;
}
