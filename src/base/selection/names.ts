import { didYouMean, nearest } from '../nearest';
import { STATUS_WORDS } from './selection';

/** What a pipeline has by name, so that a selection can be checked while it is read. */
export interface SelectionNames {
  /** Ids of processors, and of sources where they can be meant. */
  readonly nodes: readonly string[];
  readonly phases: readonly string[];
  readonly seasons: readonly string[];
}

/** The known name that is written in whatever case. */
export function knownName(known: readonly string[], word: string): string | undefined {
  const lower = word.toLowerCase();
  return known.includes(word) ? word : known.find((one) => one.toLowerCase() === lower);
}

/** The phase that is meant: its id, or the number at its end (`4` or `p4` for `phase4`) where only one has it. */
export function phaseNamed(phases: readonly string[], word: string): string | undefined {
  const exact = knownName(phases, word);
  if (exact !== undefined) return exact;
  const number = /^p?(\d+)$/i.exec(word)?.[1];
  const numbered = phases.filter((phase) => number !== undefined && /(\d+)$/.exec(phase)?.[1] === number);
  return numbered.length === 1 ? numbered[0] : undefined;
}

/** What is wrong with a bare word that means nothing. */
export function unknownWord(word: string, { nodes, phases, seasons }: SelectionNames): string {
  const near = nearest(word, [...STATUS_WORDS, ...nodes, ...phases]);
  if (near === undefined && seasons.includes(word)) return `“${word}” is a season: write season:${word}.`;
  return `“${word}” is no date, no status and no processor.${didYouMean(near)}`;
}

export function unknownName(kind: string, name: string, known: readonly string[]): string {
  const near = didYouMean(nearest(name, known));
  const list = known.length > 0 && known.length <= 12 ? ` Known: ${known.join(', ')}.` : '';
  return `There is no ${kind} “${name}”.${near === '' ? list : near}`;
}
