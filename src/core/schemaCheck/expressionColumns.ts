import type { SqlLexis } from '../sql/lexis';
import { tokenize } from '../sql/tokens';

/** A name in a SQL expression that stands where only a column can. */
export interface NamedColumn {
  readonly name: string;
  /** In UTF-16 units from the start of the expression. */
  readonly offset: number;
  readonly length: number;
}

interface Piece extends NamedColumn {
  readonly kind: 'name' | 'word' | 'symbol' | 'other';
}

/** Their operands are expressions, so that a name beside them is a column. */
const OPERATORS = words('AND OR NOT IS IN LIKE ILIKE BETWEEN CASE WHEN THEN ELSE END ESCAPE DISTINCT');
const SYMBOLS = new Set('( ) , = < > ! + - * / % | & ^'.split(' '));
/** Words that stand alone where a column could and are none, whatever the table has. Those that are functions have a parenthesis. */
const CONSTANTS = words(
  `TRUE FALSE NULL UNKNOWN DEFAULT
   CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP CURRENT_DATETIME LOCALTIME LOCALTIMESTAMP CURRENT_USER SESSION_USER USER CURRENT_CATALOG CURRENT_SCHEMA
   MICROSECOND MILLISECOND SECOND MINUTE HOUR DAY WEEK ISOWEEK MONTH QUARTER YEAR ISOYEAR DAYOFWEEK DAYOFYEAR DATE TIME DATETIME
   MICROSECONDS MILLISECONDS SECONDS MINUTES HOURS DAYS WEEKS MONTHS QUARTERS YEARS DECADE CENTURY EPOCH DOW DOY ISODOW
   ROWID ROW_NUMBER FILENAME FILE_ROW_NUMBER
   MONDAY TUESDAY WEDNESDAY THURSDAY FRIDAY SATURDAY SUNDAY NFC NFD NFKC NFKD`,
);
/** Constructs in which a name can mean something else than a column of the table: then nothing is certain. */
const OTHER_NAMES = words('SELECT FROM WITH UNNEST LAMBDA WINDOW OVER STRUCT ROW FOR');

/**
 * The columns that an expression over one row names, as far as that is certain from its words alone. It misses some, such as those of
 * a subquery or beside a word that it does not know, and should name nothing that is no column.
 */
export function columnsIn(expression: string, lexis: SqlLexis): readonly NamedColumn[] {
  const pieces = piecesOf(expression, lexis);
  const spoils = (piece: Piece, index: number): boolean =>
    (piece.kind === 'word' && OTHER_NAMES.has(piece.name.toUpperCase())) ||
    // A lambda's arrow, or that of a named argument.
    (piece.name === '>' && ['-', '='].includes(pieces[index - 1]?.name ?? ''));
  if (pieces.some(spoils)) return [];
  return pieces
    .filter((piece, index) => isColumn(piece) && isOperand(pieces[index - 1], 'left') && isOperand(pieces[index + 1], 'right'))
    .map(({ name, offset, length }) => ({ name, offset, length }));
}

function isColumn({ kind, name }: Piece): boolean {
  if (kind !== 'word') return kind === 'name';
  const upper = name.toUpperCase();
  // BigQuery's pseudo columns, such as _PARTITIONDATE.
  return !CONSTANTS.has(upper) && !OPERATORS.has(upper) && !/^_[A-Z_]+$/.test(name);
}

function isOperand(beside: Piece | undefined, side: 'left' | 'right'): boolean {
  if (beside === undefined) return true;
  if (beside.kind === 'word') {
    const word = beside.name.toUpperCase();
    // `x AS DATE` names a type, `x IS JSON` a predicate.
    return side === 'left' ? OPERATORS.has(word) && word !== 'IS' : OPERATORS.has(word) || word === 'AS';
  }
  if (beside.kind !== 'symbol' || !SYMBOLS.has(beside.name)) return false;
  // A name before a parenthesis is a function's.
  return beside.name !== (side === 'left' ? ')' : '(');
}

function piecesOf(expression: string, lexis: SqlLexis): readonly Piece[] {
  const pieces: Piece[] = [];
  let offset = 0;
  for (const { kind, text } of tokenize(expression, lexis)) {
    const place = { offset, length: text.length };
    if (kind === 'word') pieces.push({ kind, name: text, ...place });
    else if (kind === 'symbol') pieces.push({ kind, name: text, ...place });
    else if (kind === 'quotedName') pieces.push({ kind: 'name', name: unquoted(text), ...place });
    else if (kind !== 'space' && kind !== 'comment') pieces.push({ kind: 'other', name: '', ...place });
    offset += text.length;
  }
  return pieces;
}

function unquoted(name: string): string {
  const quote = name.charAt(0);
  return name.slice(1, -1).replaceAll(quote + quote, quote);
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/));
}
