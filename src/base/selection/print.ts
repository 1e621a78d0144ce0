import { formatDay } from '../day';
import { globPrefix, type NodeTerm, type Selection, type SelectionGroup, STATUS_WORDS, type Term } from './selection';

/** The one way in which a selection is written: `PDC, PCF & [2021-11-01..2021-11-30], 2021-12-* & missing & !2021-11-05`. */
export function printSelection({ groups }: Selection): string {
  // A group without terms is all there is; only on its own can it be written by nothing.
  return groups.map((group) => printGroup(group) || (groups.length === 1 ? '' : 'gaps')).join(' | ');
}

function printGroup({ nodes, dates, statuses, except }: SelectionGroup): string {
  const kinds = [
    nodes.map(printTerm),
    dates.map(printTerm),
    statuses.map((word) => word),
    except.map((term) => `!${printTerm(term)}`),
  ];
  return kinds
    .filter((terms) => terms.length > 0)
    .map((terms) => terms.join(', '))
    .join(' & ');
}

function printTerm(term: Term): string {
  switch (term.kind) {
    case 'processor':
    case 'phase':
      return printNode(term);
    case 'date':
      return formatDay(term.day);
    case 'range':
      return `[${term.from === undefined ? '' : formatDay(term.from)}..${term.to === undefined ? '' : formatDay(term.to)}]`;
    case 'glob':
      return `${term.prefix}-*`;
    case 'season':
      return `season:${quoted(term.name)}`;
    case 'status':
      return term.word;
  }
}

function printNode({ kind, id }: NodeTerm): string {
  return kind === 'processor' && isBare(id) ? id : `${kind}:${quoted(id)}`;
}

/** Whether an id cannot be read as anything else. */
function isBare(id: string): boolean {
  const word = id.toLowerCase();
  return PLAIN.test(id) && word !== 'to' && !(STATUS_WORDS as readonly string[]).includes(word) && !looksLikeDate(id);
}

/** Digits and dashes alone are dates, right or wrong. */
export function looksLikeDate(word: string): boolean {
  return /^\d{4}-[\d*-]*$/.test(word) || globPrefix(word) !== undefined;
}

const PLAIN = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;

function quoted(name: string): string {
  return PLAIN.test(name) ? name : `"${name.replace(/["\\]/g, '\\$&')}"`;
}
